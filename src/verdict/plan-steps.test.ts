import { describe, expect, test } from 'vitest';
import { seconds } from '../core/units.ts';
import type { ThresholdText } from '../record/record.ts';
import { plantHeader } from '../testing/record-builder.ts';
import { profileOf } from '../testing/virtual-run.ts';
import { planSteps } from './plan-steps.ts';

const own = (...texts: string[]): ThresholdText[] => texts.map((text) => ({ text, source: 'option' }));
const ground = (thresholds: readonly ThresholdText[]) => ({
  ...plantHeader({ thresholds }),
  think: { min: seconds(3), max: seconds(7) },
});
const hold = (users: number) => profileOf(`{ users: ${users}, spawn_rate: 10/s, run_time: 60s }`);

describe('planSteps()', () => {
  test('steps up by a fifth of the users, to four times of them', () => {
    expect(planSteps(hold(100), ground(own('p95<500ms')), null).levels).toEqual(
      Array.from({ length: 15 }, (_, i) => 120 + 20 * i),
    );
    expect(planSteps(hold(3), ground(own('p95<500ms')), null).levels).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test('ends at --max-users, in at most 30 steps', () => {
    expect(planSteps(hold(100), ground(own('p95<500ms')), 130).levels).toEqual([120, 130]);
    const { levels } = planSteps(hold(100), ground(own('p95<500ms')), 10_000);
    expect(levels).toHaveLength(30);
    expect(levels.at(-1)).toBe(10_000);
  });

  test('judges a step until there are enough requests for each limit, of its row', () => {
    const judged = (users: number, ...texts: string[]): number =>
      planSteps(hold(users), ground(own(...texts)), null).judged(users);
    expect(judged(20, 'p95<500ms')).toBe(Math.ceil((1.25 * 59 * 5.5) / 20));
    expect(judged(20, 'error_rate<1%')).toBe(Math.ceil((1.25 * 299 * 5.5) / 20));
    expect(judged(40, 'initial.error_rate<1%')).toBe(Math.ceil((1.25 * 3 * 299 * 5.5) / 40));
    expect(judged(1000, 'p95<500ms')).toBe(20);
    expect(judged(1, 'p99.9<500ms')).toBe(300);
  });

  test('leaves users the time of a round to settle', () => {
    expect(planSteps(hold(20), ground(own('p95<500ms')), null).settle).toBe(8);
    expect(planSteps(hold(20), ground(own('p95<15s')), null).settle).toBe(22);
  });

  test('refuses a run that nothing could break, and one without room to climb', () => {
    expect(() => planSteps(hold(20), ground(own('rps>10')), null)).toThrow(/has none/);
    expect(() => planSteps(hold(20), ground(own('p95<1s')), 20)).toThrow(/--max-users is 20/);
  });
});
