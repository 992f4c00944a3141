import { describe, expect, test } from 'vitest';
import { emptyTally } from '../metrics/tally.ts';
import type { SecondEvent } from '../record/run-event.ts';
import { quietSecond } from '../testing/record-builder.ts';
import { patienceSeconds, Watchdog } from './watchdog.ts';

const cell = (ok: boolean) => ({
  row: 0,
  phase: 0,
  tally: ok
    ? { ...emptyTally, ok: [5, 5, 5, 5, 1] }
    : { ...emptyTally, failed: [5, 5, 5, 5, 1], failures: [['reset', 0, 1] as const] },
});

/** The first second after which the run is to be stopped; null: none of a hundred. */
function stopsAfter(make: (second: number) => Partial<SecondEvent>): number | null {
  const watchdog = new Watchdog();
  for (let second = 0; second < 100; second++) if (watchdog.sees(quietSecond(second, make(second)))) return second;
  return null;
}

describe('Watchdog.sees()', () => {
  test('waits for thirty seconds from the first request on, and anew after each success', () => {
    expect(stopsAfter(() => ({}))).toBeNull();
    expect(stopsAfter((second) => (second < 5 ? {} : { started: 1, cells: [cell(false)] }))).toBe(4 + patienceSeconds);
    expect(stopsAfter((second) => ({ started: 1, cells: [cell(second === 20)] }))).toBe(20 + patienceSeconds);
    expect(stopsAfter((second) => ({ started: 1, cells: [cell(second % 20 === 0)] }))).toBeNull();
  });

  test('takes sessions that cannot be set up for requests that fail, now and then as they come', () => {
    expect(stopsAfter((second) => (second % 15 === 3 ? { sessions: [cell(false)] } : {}))).toBe(2 + patienceSeconds);
    expect(stopsAfter(() => ({ started: 1, cells: [cell(false)], sessions: [cell(true)] }))).toBe(patienceSeconds - 1);
  });

  test('leaves users alone who have set up their sessions and think, or leave', () => {
    expect(stopsAfter((second) => (second === 0 ? { sessions: [cell(true)] } : {}))).toBeNull();
    // A goodbye that fails keeps nobody from anything.
    expect(stopsAfter(() => ({ sessions: [{ ...cell(false), row: 3 }] }))).toBeNull();
  });
});
