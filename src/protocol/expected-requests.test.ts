import { describe, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { millis } from '../core/units.ts';
import type { LoadProfile } from '../workload/load-profile.ts';
import { defaultCorpus } from './default-corpus.ts';
import type { RowId } from './dialect.ts';
import { expectedRequests, expectedShares } from './expected-requests.ts';
import { Flow, type FlowPlan, type Mix } from './flow.ts';

const guide: FlowPlan = {
  mix: { health: 1, initial: 3, 'follow-up': 5 },
  history: 'growing',
  corpus: defaultCorpus,
};
const short = [1, 2, 4].map((length) => ({ context: 'x', answers: new Array<string>(length).fill('y') }));

/** Mean counts of many users that take `steps` steps each and always get an answer. */
function simulated(plan: FlowPlan, steps: number, users: number): Record<RowId, number> {
  const counts = { health: 0, initial: 0, 'follow-up': 0 };
  for (let user = 0; user < users; user++) {
    const flow = new Flow(plan, seededRandom('expected').fork(user));
    for (let n = 0; n < steps; n++) {
      const step = flow.next();
      counts[step.row] += 1 / users;
      flow.settle(step, { ok: true, conversationId: 'c', sessionId: 's', question: 'q?' });
    }
  }
  return counts;
}

describe('expectedRequests()', () => {
  const cases: readonly (readonly [string, FlowPlan, number])[] = [
    ['the guide, 12 steps', guide, 12],
    ['the guide, 1 step', guide, 1],
    ['short conversations', { ...guide, corpus: short }, 30],
    ['follow-ups only', { ...guide, corpus: short, mix: { health: 0, initial: 0, 'follow-up': 1 } }, 20],
    ['initial questions only', { ...guide, mix: { health: 0, initial: 2, 'follow-up': 0 } }, 9],
    ['health checks only', { ...guide, mix: { health: 1, initial: 0, 'follow-up': 0 } }, 9],
  ];
  test.each(cases)('agrees with simulated users: %s', (_, plan, steps) => {
    const expected = expectedRequests(plan, steps);
    const counted = simulated(plan, steps, 20_000);
    for (const row of ['health', 'initial', 'follow-up'] as const)
      expect(Math.abs(expected[row] - counted[row])).toBeLessThan(0.005 * steps);
  });

  test('comes to about 11, 38 and 50 % for 12 steps of the guide', () => {
    const { health, initial, 'follow-up': followUp } = expectedRequests(guide, 12);
    expect(health / 12).toBeCloseTo(1 / 9, 9);
    expect(initial / 12).toBeCloseTo(0.385, 1);
    expect(followUp / 12).toBeCloseTo(0.504, 1);
  });

  test('interpolates between whole steps, and gives nothing for none', () => {
    const [two, three, between] = [2, 3, 2.5].map((steps) => expectedRequests(guide, steps).initial);
    expect(between).toBeCloseTo(((two ?? 0) + (three ?? 0)) / 2, 9);
    expect(expectedRequests(guide, 0)).toEqual({ health: 0, initial: 0, 'follow-up': 0 });
  });
});

describe('expectedShares()', () => {
  const run = (seconds: number): LoadProfile => ({
    phases: [{ name: 'hold', start: 0, end: seconds, steady: true }],
    points: [
      { at: millis(0), users: 0 },
      { at: millis(0), users: 10 },
      { at: millis(seconds * 1000), users: 10 },
    ],
    peak: 10,
    arrivals: null,
    seconds,
    steady: { start: 0, end: seconds },
  });
  const think = { min: millis(3000), max: millis(7000) };
  const noThink = { min: millis(0), max: millis(0) };
  const sum = (shares: Mix): number => shares.health + shares.initial + shares['follow-up'];

  test('adds up to 1 and follows the length of the lives: the first question is always an initial one', () => {
    expect(sum(expectedShares(guide, run(20), think))).toBeCloseTo(1, 9);
    expect(expectedShares(guide, run(20), think).initial).toBeGreaterThan(
      expectedShares(guide, run(600), think).initial + 0.05,
    );
  });

  test('comes to the shares of a long life, which hold without think time', () => {
    for (const plan of [guide, { ...guide, corpus: short, mix: { health: 0, initial: 0, 'follow-up': 1 } }]) {
      const long = expectedShares(plan, run(200_000), think);
      const endless = expectedShares(plan, run(60), noThink);
      for (const row of ['health', 'initial', 'follow-up'] as const) expect(long[row]).toBeCloseTo(endless[row], 3);
      expect(sum(endless)).toBeCloseTo(1, 9);
    }
    expect(expectedShares({ ...guide, mix: { health: 3, initial: 0, 'follow-up': 0 } }, run(60), noThink)).toEqual({
      health: 1,
      initial: 0,
      'follow-up': 0,
    });
  });
});
