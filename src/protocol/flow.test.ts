import { describe, expect, test } from 'vitest';
import { failure } from '../core/failure.ts';
import { seededRandom } from '../core/random.ts';
import type { Answer, RowId } from './dialect.ts';
import { Flow, type FlowPlan } from './flow.ts';
import type { Step } from './step.ts';

const corpus = [
  { context: 'Learning Python', answers: ['data', 'pandas', 'charts'] },
  { context: 'Travel insurance', answers: ['three weeks', 'two adults'] },
];
const guide: FlowPlan = { mix: { health: 1, initial: 3, 'follow-up': 5, automatic: 0 }, history: 'growing', corpus };
const only = (row: RowId): FlowPlan => ({
  ...guide,
  mix: { health: 0, initial: 0, 'follow-up': 0, automatic: 0, [row]: 1 },
});

const answer = (n: number): Answer => ({
  ok: true,
  conversationId: `c${n}`,
  sessionId: `s${n}`,
  question: `question ${n}?`,
  done: false,
});

/** Plays `count` steps, answering the nth with `reply(n)`. */
const play = (
  plan: FlowPlan,
  count: number,
  reply = (n: number) => answer(n) as Answer | ReturnType<typeof failure>,
): Step[] => {
  const flow = new Flow(plan, seededRandom('flow'));
  return Array.from({ length: count }, (_, n) => {
    const step = flow.next();
    flow.settle(step, reply(n));
    return step;
  });
};

describe('Flow', () => {
  test('chooses by weight: the mix of the guide over 90 000 steps, follow-ups without a conversation aside', () => {
    const long: FlowPlan = { ...guide, corpus: [{ context: 'x', answers: new Array<string>(100_000).fill('yes') }] };
    const steps = play(long, 90_000);
    const share = (row: RowId): number => steps.filter((step) => step.row === row).length / steps.length;
    expect(share('health')).toBeCloseTo(1 / 9, 2);
    expect(share('initial')).toBeCloseTo(3 / 9, 2);
    expect(share('follow-up')).toBeCloseTo(5 / 9, 2);
  });

  test('asks an initial question in place of a follow-up while there is no conversation', () => {
    expect(play(only('follow-up'), 3).map((step) => step.row)).toEqual(['initial', 'follow-up', 'follow-up']);
  });

  test('a failed initial question leaves no conversation, not even the one before', () => {
    const mixed: FlowPlan = { ...guide, mix: { health: 0, initial: 1, 'follow-up': 1, automatic: 0 } };
    const steps = play(mixed, 400, (n) => (n % 2 ? failure('timeout', '') : answer(n)));
    steps.forEach((step, n) => {
      const before = steps[n - 1];
      if (before?.row === 'initial' && n % 2 === 0) expect(step.row).toBe('initial');
    });
    expect(steps.some((step) => step.row === 'follow-up')).toBe(true);
  });

  test('starts each conversation with a fresh user id', () => {
    const ids = play(only('initial'), 500).map((step) => (step.row === 'initial' ? step.userId : ''));
    expect(new Set(ids).size).toBe(500);
  });

  test('a follow-up carries the ids of its conversation and every question that the server asked, each with its answer', () => {
    const steps = play({ ...only('follow-up'), corpus: corpus.slice(0, 1) }, 4, (n) => ({
      ...answer(0),
      question: `q${n}`,
    }));
    expect(steps[3]).toMatchObject({
      row: 'follow-up',
      conversationId: 'c0',
      sessionId: 's0',
      context: 'Learning Python',
      history: [
        { question: 'q0', answer: 'data' },
        { question: 'q1', answer: 'pandas' },
        { question: 'q2', answer: 'charts' },
      ],
    });
  });

  test('a static history stays at the first question and answer', () => {
    const steps = play({ ...only('follow-up'), history: 'static', corpus: corpus.slice(0, 1) }, 4, (n) => ({
      ...answer(0),
      question: `q${n}`,
    }));
    for (const step of steps.slice(1)) expect(step).toMatchObject({ history: [{ question: 'q0', answer: 'data' }] });
  });

  test('a conversation whose answers are used up is over: the next follow-up becomes an initial question', () => {
    const rows = play({ ...only('follow-up'), corpus: corpus.slice(1) }, 7).map((step) => step.row);
    expect(rows).toEqual(['initial', 'follow-up', 'follow-up', 'initial', 'follow-up', 'follow-up', 'initial']);
  });

  test('after a failed follow-up the user still owes the same answer', () => {
    const steps = play(only('follow-up'), 4, (n) => (n === 1 || n === 2 ? failure('http-5xx', '', 500) : answer(n)));
    expect(steps[2]).toEqual(steps[1]);
    expect(steps[3]).toEqual(steps[1]);
  });

  test('the same seed gives the same steps', () => {
    expect(play(guide, 200)).toEqual(play(guide, 200));
  });
});
