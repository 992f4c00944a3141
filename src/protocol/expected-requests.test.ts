import { describe, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { millis, perSecond } from '../core/units.ts';
import type { LoadProfile } from '../workload/load-profile.ts';
import { defaultCorpus } from './default-corpus.ts';
import type { RowId } from './dialect.ts';
import {
  conversationSurvival,
  expectedPerConversation,
  expectedRequests,
  expectedShares,
} from './expected-requests.ts';
import { Flow, type FlowPlan, type Mix } from './flow.ts';

const guide: FlowPlan = {
  mix: { health: 1, initial: 3, 'follow-up': 5, automatic: 0 },
  history: 'growing',
  corpus: defaultCorpus,
};
const short = [1, 2, 4].map((length) => ({ context: 'x', answers: new Array<string>(length).fill('y') }));

/** Mean counts of many users that take `steps` steps each and always get an answer. */
function simulated(plan: FlowPlan, steps: number, users: number): Record<RowId, number> {
  const counts = { health: 0, initial: 0, 'follow-up': 0, automatic: 0 };
  for (let user = 0; user < users; user++) {
    const flow = new Flow(plan, seededRandom('expected').fork(user));
    for (let n = 0; n < steps; n++) {
      const step = flow.next();
      counts[step.row] += 1 / users;
      flow.settle(step, { ok: true, conversationId: 'c', sessionId: 's', question: 'q?', done: false });
    }
  }
  return counts;
}

describe('expectedRequests()', () => {
  const cases: readonly (readonly [string, FlowPlan, number])[] = [
    ['the guide, 12 steps', guide, 12],
    ['the guide, 1 step', guide, 1],
    ['short conversations', { ...guide, corpus: short }, 30],
    ['follow-ups only', { ...guide, corpus: short, mix: { health: 0, initial: 0, 'follow-up': 1, automatic: 0 } }, 20],
    [
      'automatic rounds too',
      { ...guide, corpus: short, mix: { health: 1, initial: 2, 'follow-up': 4, automatic: 3 } },
      15,
    ],
    ['initial questions only', { ...guide, mix: { health: 0, initial: 2, 'follow-up': 0, automatic: 0 } }, 9],
    ['health checks only', { ...guide, mix: { health: 1, initial: 0, 'follow-up': 0, automatic: 0 } }, 9],
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
    expect(expectedRequests(guide, 0)).toEqual({ health: 0, initial: 0, 'follow-up': 0, automatic: 0 });
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
    for (const plan of [
      guide,
      { ...guide, corpus: short, mix: { health: 0, initial: 0, 'follow-up': 1, automatic: 0 } },
    ]) {
      const long = expectedShares(plan, run(200_000), think);
      const endless = expectedShares(plan, run(60), noThink);
      for (const row of ['health', 'initial', 'follow-up'] as const) expect(long[row]).toBeCloseTo(endless[row], 3);
      expect(sum(endless)).toBeCloseTo(1, 9);
    }
    expect(
      expectedShares({ ...guide, mix: { health: 3, initial: 0, 'follow-up': 0, automatic: 0 } }, run(60), noThink),
    ).toEqual({
      health: 1,
      initial: 0,
      'follow-up': 0,
      automatic: 0,
    });
  });
});

describe('conversationSurvival() and expectedPerConversation()', () => {
  const rows = ['health', 'initial', 'follow-up'] as const;

  /** Lengths and rows of conversations played by the rule of arriving users, drawn from the mix as a Flow draws. */
  function played({ mix, corpus }: FlowPlan, count: number): { lengths: number[]; rows: Record<RowId, number> } {
    const random = seededRandom('conversations');
    const counts = { health: 0, initial: 0, 'follow-up': 0, automatic: 0 };
    const all = mix.health + mix.initial + mix['follow-up'];
    const lengths = Array.from({ length: count }, () => {
      let answers = corpus[Math.floor(random.next() * corpus.length)]?.answers.length ?? 0;
      counts.initial += 1 / count;
      for (let length = 1; ; length++) {
        const at = random.next() * all;
        if (at >= mix.health && at < mix.health + mix.initial) return length;
        if (at >= mix.health && answers === 0) return length;
        if (at >= mix.health) answers -= 1;
        counts[at < mix.health ? 'health' : 'follow-up'] += 1 / count;
      }
    });
    return { lengths, rows: counts };
  }

  test.each([
    ['the guide', guide],
    ['short conversations', { ...guide, corpus: short }],
    ['follow-ups only', { ...guide, corpus: short, mix: { health: 0, initial: 0, 'follow-up': 1, automatic: 0 } }],
    ['many health checks', { ...guide, corpus: short, mix: { health: 8, initial: 1, 'follow-up': 1, automatic: 0 } }],
  ] as const)('agree with conversations played: %s', (_, plan) => {
    const survival = conversationSurvival(plan);
    const { lengths, rows: counted } = played(plan, 20_000);
    for (const j of [0, 1, 2, 4, 8])
      expect(
        Math.abs((survival[j] ?? 0) - lengths.filter((length) => length > j).length / lengths.length),
      ).toBeLessThan(0.015);
    const expected = expectedPerConversation(plan);
    for (const row of rows) expect(Math.abs(expected[row] - counted[row])).toBeLessThan(0.03 * (1 + expected[row]));
  });

  test('have exact values where they can be had', () => {
    const followUps: FlowPlan = {
      ...guide,
      corpus: short,
      mix: { health: 0, initial: 0, 'follow-up': 1, automatic: 0 },
    };
    const tails = conversationSurvival(followUps);
    expect(tails).toHaveLength(5);
    [1, 1, 2 / 3, 1 / 3, 1 / 3].forEach((tail, j) => {
      expect(tails[j]).toBeCloseTo(tail, 12);
    });
    expect(conversationSurvival({ ...guide, mix: { health: 0, initial: 1, 'follow-up': 0, automatic: 0 } })).toEqual([
      1,
    ]);
    expect(conversationSurvival({ ...guide, mix: { health: 2, initial: 0, 'follow-up': 0, automatic: 0 } })).toEqual([
      1,
    ]);
    expect(
      expectedPerConversation({ ...guide, mix: { health: 2, initial: 0, 'follow-up': 0, automatic: 0 } }).health,
    ).toBe(1);
    // Health checks with probability 1/2, else over: a geometric law.
    const geometric = conversationSurvival({ ...guide, mix: { health: 1, initial: 1, 'follow-up': 0, automatic: 0 } });
    expect(geometric.slice(0, 4)).toEqual([1, 0.5, 0.25, 0.125]);
    expect(geometric.at(-1)).toBeGreaterThanOrEqual(1e-9);
    expect(geometric.length).toBe(30);
  });

  test('follow a conversation that hardly ends only so far', () => {
    expect(
      conversationSurvival({ ...guide, mix: { health: 1e9, initial: 1, 'follow-up': 0, automatic: 0 } }),
    ).toHaveLength(10_000);
  });
});

describe('expectedShares() of open load', () => {
  const open = (seconds: number, users: number): LoadProfile => ({
    phases: [{ name: 'hold', start: 0, end: seconds, steady: true }],
    points: [
      { at: millis(0), users: 0 },
      { at: millis(0), users },
      { at: millis(seconds * 1000), users },
    ],
    peak: users,
    arrivals: {
      points: [
        { at: millis(0), rate: perSecond(5) },
        { at: millis(seconds * 1000), rate: perSecond(5) },
      ],
      process: 'even',
      peak: perSecond(5),
      limit: 1000,
    },
    seconds,
    steady: { start: 0, end: seconds },
  });
  const think = { min: millis(3000), max: millis(7000) };
  const noThink = { min: millis(0), max: millis(0) };

  test('comes to those of one conversation in a long run, and at once without think time', () => {
    const one = expectedPerConversation(guide);
    const all = one.health + one.initial + one['follow-up'];
    for (const shares of [expectedShares(guide, open(100_000, 0), think), expectedShares(guide, open(9, 0), noThink)])
      for (const row of ['health', 'initial', 'follow-up'] as const) expect(shares[row]).toBeCloseTo(one[row] / all, 3);
  });

  test('lies between those of the closed and of the open load when there are both', () => {
    const [closed, both, alone] = [{ ...open(300, 20), arrivals: null }, open(300, 20), open(300, 0)].map(
      (profile) => expectedShares(guide, profile, think).initial,
    );
    expect(both).toBeGreaterThan(Math.min(closed ?? 0, alone ?? 0));
    expect(both).toBeLessThan(Math.max(closed ?? 0, alone ?? 0));
  });
});
