import { describe, expect, test } from 'vitest';
import { failure, success } from '../../core/failure.ts';
import { seededRandom } from '../../core/random.ts';
import { millis } from '../../core/units.ts';
import { emptyTally, TallyCollector } from '../../metrics/tally.ts';
import type { RunSeries } from '../../record/series.ts';
import { plantHeader } from '../../testing/record-builder.ts';
import { driftTrials, findDrift, plantMemory, rising } from '../../testing/trials/drift-trials.ts';
import { presetProfile } from '../../testing/virtual-run.ts';
import { parseThreshold } from '../../verdict/threshold.ts';
import { drift } from './drift.ts';

interface Planted {
  readonly minutes?: number;
  readonly perSecond?: number;
  /** Response time in ms at a second; drawn around evenly, half of it to one and a half. */
  readonly ms?: (second: number) => number;
  /** Share that fails at a second. */
  readonly failing?: (second: number) => number;
  /** Bytes at a second, of 1 GB; null: no monitor. */
  readonly memory?: ((second: number) => number) | null;
  readonly cpu?: (second: number) => number;
}

/** A sustained run laid out directly. */
function plant({
  minutes = 28,
  perSecond = 20,
  ms = () => 200,
  failing = () => 0,
  memory = null,
  cpu,
}: Planted): RunSeries {
  const profile = presetProfile('sustained', { runTime: millis((minutes * 60 + 5) * 1000) });
  const random = seededRandom('series');
  const monitors =
    memory === null ? [] : [{ name: 'server', source: '', slice: 0, cpu: null, memory: { amount: 1e9, of: '' } }];
  const seconds = Array.from({ length: profile.seconds }, (_, second) => {
    const tally = new TallyCollector();
    for (let i = 0; i < perSecond; i++) {
      const time = ms(second) * (0.5 + random.next());
      tally.record({
        ...{ row: 0, due: millis(0), handed: millis(0), sent: millis(0), firstByte: millis(0), firstEvent: millis(0) },
        ...{ ended: millis(time), bytesSent: 0, bytesReceived: 0 },
        outcome: random.next() < failing(second) ? failure('http-5xx', '', 500) : success,
      });
    }
    const reading = { kind: 'monitor', second, at: millis(0), monitor: 0, cpu: cpu?.(second) ?? null } as const;
    return {
      ...{ second, users: 100, started: perSecond, dropped: 0, rows: [tally.encode()] },
      connections: { opened: 0, reused: 0, retried: 0, resumed: 0 },
      ...{ connect: [], setUps: emptyTally, timings: new Map() },
      monitors: memory === null ? [] : [{ ...reading, memory: memory(second) / 1e9 + 0.001 * random.next() }],
    };
  });
  return { header: plantHeader({ profile, monitors }), seconds, end: null };
}

const thresholds = ['p95<500ms', 'error_rate<1%', 'memory<70%'].map((text) => parseThreshold(text, 'default', []));
const found = (planted: Planted) => drift(plant(planted), thresholds);
const sentences = (planted: Planted): string =>
  found(planted)
    .map(({ outcome, sentence }) => `${outcome}: ${sentence}`)
    .join('\n');

describe('drift()', () => {
  test('says that nothing can be told of what swings more widely than it is high', () => {
    const swinging = sentences({ minutes: 5, ms: (second) => 200 * 10 ** Math.sin(second / 25), memory: () => 2e8 });
    expect(swinging).toMatchInlineSnapshot(`
      "not-shown: No drift shown over 5 min, in which server memory of 200 MB changed by less than 209 kB.
      undecided: Whether p95 and p50 drift cannot be told over 5 min: p95 swings between 28.9 ms and 2 895 ms, p50 between 18.6 ms and 2 095 ms."
    `);
  });

  test('tells how response times rise, and when a limit will be crossed', () => {
    expect(sentences({ ms: (second) => 200 + second / 60 })).toMatchInlineSnapshot(
      `"shown: p95 rises 14.2 ms per 10 minutes (13.2–15.2), from 290 ms to 330 ms over 28 min, and p50 10 ms per 10 minutes (7–13): at this rate p95 crosses its limit of 500 ms after another 2 h (1 h 51 min – 2 h 10 min)."`,
    );
  });

  test('tells a leak from a cache that filled', () => {
    expect(sentences({ perSecond: 1, memory: (second) => 2e8 + (3.1e6 * second) / 60 })).toMatchInlineSnapshot(`
      "shown: Server memory grows 3.10 MB/min (3.10–3.10) without levelling off, from 201 MB to 288 MB over 28 min: a leak is likely; at this rate server memory crosses its limit of 70 % after another 2 h 13 min (2 h 13 min – 2 h 13 min).
      not-shown: No other drift shown over 28 min, in which p95 of 289 ms changed by less than 12.1 ms, p50 of 200 ms by less than 35.8 ms."
    `);
    expect(sentences({ memory: (second) => 2e8 + 4e7 * (1 - Math.exp(-second / 200)) })).toMatchInlineSnapshot(
      `"not-shown: No drift shown over 28 min, in which p95 of 290 ms changed by less than 3.02 ms, p50 of 200 ms by less than 8.31 ms, server memory of 236 MB by less than 72.4 MB."`,
    );
    expect(sentences({ memory: (second) => 2e8 + 4e7 * (1 - Math.exp(-second / 900)) })).toMatchInlineSnapshot(
      `
      "shown: Server memory grew from 203 MB to 232 MB over 28 min, more slowly towards the end: whether it levels off takes a longer run to tell.
      not-shown: No other drift shown over 28 min, in which p95 of 290 ms changed by less than 3.02 ms, p50 of 200 ms by less than 8.31 ms."
    `,
    );
  });

  test('tells how errors rise and the CPU falls', () => {
    expect(
      sentences({ failing: (second) => second / 20_000, memory: () => 2e8, cpu: (second) => 0.6 - second / 20_000 }),
    ).toMatchInlineSnapshot(`
      "shown: Errors rise 3.0 percentage points per 10 minutes (2.7–3.2), from 0 % to 8.3 % over 28 min.
      shown: Server CPU falls 3.00 percentage points per 10 minutes (3.00–3.00), from 60 % to 52 % over 28 min.
      not-shown: No other drift shown over 28 min, in which p95 of 290 ms changed by less than 3.57 ms, p50 of 200 ms by less than 9.82 ms, server memory of 200 MB by less than 130 kB."
    `);
  });

  test('says what was looked at where nothing drifts', () => {
    expect(sentences({ memory: () => 2e8 })).toMatchInlineSnapshot(
      `"not-shown: No drift shown over 28 min, in which p95 of 290 ms changed by less than 3.02 ms, p50 of 200 ms by less than 8.31 ms, server memory of 200 MB by less than 130 kB."`,
    );
  });

  test('a change that does not matter is none, however certain', () => {
    expect(sentences({ perSecond: 60, ms: (second) => 200 + second / 400 })).toMatchInlineSnapshot(
      `"not-shown: No drift shown over 28 min, in which p95 of 293 ms changed by less than 7.84 ms, p50 of 202 ms by less than 7.51 ms."`,
    );
  });

  test('says what is missing', () => {
    expect(sentences({ minutes: 1 })).toMatchInlineSnapshot(
      `"undecided: Whether anything drifts cannot be told: the load stood at its target for 1 min, and at least 2 min are needed."`,
    );
    expect(sentences({ minutes: 5, perSecond: 2, memory: () => 2e8 })).toMatchInlineSnapshot(`
      "not-shown: No drift shown over 5 min, in which server memory of 200 MB changed by less than 173 kB.
      undecided: Whether response times or errors drift cannot be told from 600 requests: at least 1 200 are needed, which at this rate take 10 min."
    `);
    const ramp = plant({});
    expect(drift({ ...ramp, header: plantHeader({ profile: { ...presetProfile('ramp'), steady: null } }) })).toEqual(
      [],
    );
  });
});

describe('drift() in virtual time', () => {
  test('a server that slows down and leaks', { timeout: 120_000 }, async () => {
    const monitors = [plantMemory('1', { leak: 6 })];
    const findings = await findDrift('1', { minutes: 10, server: { pace: rising(0.4) }, monitors });
    expect(findings.map(({ sentence }) => sentence).join('\n')).toMatchInlineSnapshot(`
      "p95 rises 126 ms per 10 minutes (75–177), from 344 ms to 469 ms over 9 min 55 s, and p50 46 ms per 10 minutes (27–65).
      Server memory grows 5.7 MB/min (4.6–6.9) without levelling off, from 233 MB to 290 MB over 9 min 55 s: a leak is likely."
    `);
  });

  test.each(driftTrials.filter(({ id }) => /leak|cache/.test(id)))(
    '$id',
    { timeout: 120_000 },
    async ({ goal, play }) => {
      const answers = await Promise.all(['1', '2', '3'].map(play));
      expect(answers.filter((answer) => answer === (goal.kind === 'false-alarm' ? 'no' : 'yes')).length).toBe(3);
    },
  );
});
