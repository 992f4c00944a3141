import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { millis } from '../core/units.ts';
import { conversationSurvival, expectedShares } from '../protocol/expected-requests.ts';
import { buildProfile } from '../workload/build-profile.ts';
import { rateAt } from '../workload/load-profile.ts';
import { expectedDue, usersPresent } from '../workload/offered-load.ts';
import { parseScenario } from '../workload/parse-scenario.ts';
import { planFor, playVirtually } from './virtual-run.ts';

const planOf = (name: string) =>
  planFor(
    buildProfile(parseScenario(readFileSync(new URL(`../../scenarios/${name}.yaml`, import.meta.url), 'utf8'), name)),
  );

describe('what is planned of open load is what a run in virtual time comes to:', () => {
  test.each(['open', 'mixed'])('the requests of the scenario %s and their rows', async (name) => {
    const plan = planOf(name);
    const { fold } = await playVirtually(plan, { server: { latency: '0ms' } });
    const window = { start: 0, end: plan.profile.seconds };
    const expected = expectedDue(plan.profile, plan.think, window, conversationSurvival(plan.flow));
    expect(fold.dropped).toBe(0);
    expect(Math.abs(fold.started / expected - 1)).toBeLessThan(0.03);
    const shares = expectedShares(plan.flow, plan.profile, plan.think);
    (['health', 'initial', 'follow-up'] as const).forEach((row, i) => {
      expect(Math.abs(fold.tally(i).requests / fold.started - shares[row])).toBeLessThan(0.015);
    });
  });

  test('the users that are there while the rate stands, by the law of Little', async () => {
    const plan = planOf('open');
    const { events } = await playVirtually(plan, { server: { latency: '200ms' } });
    const rate = rateAt(plan.profile, millis(300_000));
    const expected = usersPresent(rate, conversationSurvival(plan.flow), plan.think, millis(200));
    // From a minute after the rate is reached: by then the first of the conversations are over.
    const counts = events.flatMap((event) =>
      event.kind === 'second' && event.second >= 180 && event.second < 420 ? [event.users] : [],
    );
    const mean = counts.reduce((a, b) => a + b, 0) / counts.length;
    expect(rate).toBe(20);
    expect(Math.abs(mean / expected - 1)).toBeLessThan(0.06);
  });
});
