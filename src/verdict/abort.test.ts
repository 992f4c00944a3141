import { describe, expect, test } from 'vitest';
import { RunFold } from '../record/fold.ts';
import {
  mcpSessionRows,
  type Planted,
  type PlantedRun,
  plantHeader,
  plantRecord,
  plantSetUp,
} from '../testing/record-builder.ts';
import { brokenForGood } from './abort.ts';

/** Feeds a run second by second and answers with the second after which it is broken for good, or null. */
function brokenAfter(
  thresholds: readonly string[],
  requests: readonly Planted[],
  more: Partial<PlantedRun> = {},
): number | null {
  const header = plantHeader({
    thresholds: thresholds.map((text) => ({ text, source: 'option' })),
    load: { ...plantHeader().load, steadyCeiling: 10_000 },
    ...more.header,
  });
  const fold = new RunFold(header);
  for (const event of plantRecord({ requests, ...more, header }).events()) {
    fold.add(event);
    if (event.kind === 'second' && brokenForGood(fold)) return event.second;
  }
  return null;
}

/** 50 requests a second from 0 to 10 s. */
const load = (make: (at: number, i: number) => Partial<Planted>): Planted[] =>
  Array.from({ length: 500 }, (_, i) => ({ row: 1, at: i / 50, ms: 5, ...make(i / 50, i) }));

describe('brokenForGood()', () => {
  test('names a percentile that is broken, once there are enough requests of the steady window', () => {
    expect(
      brokenAfter(
        ['p95<500ms'],
        load(() => ({ ms: 600 })),
      ),
    ).toBe(3);
    expect(
      brokenAfter(
        ['p95<500ms'],
        load(() => ({})),
      ),
    ).toBeNull();
  });

  test('names what hooks time, from the first second on', () => {
    const brokenBy = (...times: readonly number[]) =>
      brokenAfter(
        ['custom.lookup.p50<50ms'],
        load(() => ({})),
        { timed: () => ({ lookup: times }) },
      );
    expect(brokenBy(90, 90, 90)).toBe(3);
    expect(brokenBy(20, 20, 90)).toBeNull();
  });

  test('does not look at the climb', () => {
    expect(
      brokenAfter(
        ['p95<500ms', 'error_rate<1%'],
        load((at) => (at < 2 ? { failed: ['reset', 0] } : {})),
      ),
    ).toBeNull();
  });

  test('waits for an error rate to have enough requests', () => {
    // 299 requests of the window have come after 6 s of it.
    expect(
      brokenAfter(
        ['error_rate<1%'],
        load(() => ({ failed: ['reset', 0] })),
      ),
    ).toBe(7);
  });

  test('stays with a rate that is near its limit, although it is asked every second', () => {
    // 12 of 500 at the limit of 2 %: some second of the run is above it, and one look at 95 % would stop there.
    const unlucky = load((_, i) => (i >= 100 && i < 400 && i % 25 === 0 ? { failed: ['reset', 0] } : {}));
    expect(brokenAfter(['error_rate<2%'], unlucky)).toBeNull();
  });

  test('takes no chance for a breach', () => {
    // After two seconds of the window 6 of 100 are slow, later none is: P(Binomial(100, 5 %) ≥ 6) is 38 %.
    expect(
      brokenAfter(
        ['p95<200ms'],
        load((_, i) => ({ ms: i >= 100 && i < 200 && i % 17 === 0 ? 210 : 5 })),
      ),
    ).toBeNull();
  });

  test('stops for a greatest value at once, for a mean when it has settled, and never for rates and counts', () => {
    expect(
      brokenAfter(
        ['max<500ms'],
        load((at) => (at === 4 ? { ms: 510 } : {})),
      ),
    ).toBe(4);
    expect(
      brokenAfter(
        ['avg<4ms'],
        load(() => ({})),
      ),
    ).toBe(2);
    expect(
      brokenAfter(
        ['rps>900', 'count<10', 'count>=5000', 'max>1s', 'cpu<70%'],
        load(() => ({})),
      ),
    ).toBeNull();
  });

  test('answers with the graded threshold', () => {
    const header = plantHeader({ thresholds: [{ text: 'initial.max<1ms', source: 'option' }] });
    const fold = new RunFold(header);
    for (const event of plantRecord({ requests: load(() => ({})), header }).events()) fold.add(event);
    expect(brokenForGood(fold)).toMatchObject({ text: 'initial.max<1ms', grade: 'failed', measured: 5 });
  });

  test('looks at set-ups of sessions from the start of the run', () => {
    const sessions = Array.from({ length: 300 }, (_, i) =>
      plantSetUp(i / 200, 5, i % 5 ? undefined : ['reset', 0]),
    ).flat();
    const brokenBy = (texts: readonly string[]) =>
      brokenAfter(
        texts,
        load(() => ({})),
        { sessions, header: { sessionRows: mcpSessionRows } },
      );
    expect(brokenBy(['error_rate<1%'])).toBe(1);
    expect(brokenBy(['error_rate<1%', 'session.error_rate<50%'])).toBeNull();
  });
});
