import { describe, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { millis, perSecond, seconds } from '../core/units.ts';
import { emptyTally, mergeTallies } from '../metrics/tally.ts';
import type { RunEvent, SecondEvent } from '../record/run-event.ts';
import type { Received } from '../testing/simulated-server.ts';
import { planFor, playVirtually, profileOf } from '../testing/virtual-run.ts';
import type { ArrivalProfile, LoadProfile } from '../workload/load-profile.ts';
import { expectedArrivals, openSchedule } from '../workload/open-schedule.ts';
import { wholeRun } from '../workload/slice.ts';

/** `rate` conversations a second for a minute. */
function openProfile(rate: number, arrivals: Partial<ArrivalProfile> = {}): LoadProfile {
  const end = seconds(60);
  return {
    phases: [{ name: 'hold', start: 0, end: 60, steady: true }],
    points: [
      { at: millis(0), users: 0 },
      { at: end, users: 0 },
    ],
    peak: 0,
    arrivals: {
      points: [
        { at: millis(0), rate: perSecond(rate) },
        { at: end, rate: perSecond(rate) },
      ],
      process: 'even',
      peak: perSecond(rate),
      limit: 1000,
      ...arrivals,
    },
    seconds: 60,
    steady: { start: 0, end: 60 },
  };
}

function byUser(received: readonly Received[]): Map<number, Received[]> {
  const groups = new Map<number, Received[]>();
  for (const request of received) groups.set(request.user, [...(groups.get(request.user) ?? []), request]);
  return groups;
}
const firsts = (received: readonly Received[]): Received[] => received.filter(({ step }) => step === 0);

describe('open load', () => {
  test.each(['even', 'poisson'] as const)(
    'users arrive (%s) at their time though the server takes 20 s',
    async (process) => {
      const profile = openProfile(2, { process });
      const { server, fold } = await playVirtually(planFor(profile), { server: { latency: '20s' } });
      const planned = [...openSchedule(profile, wholeRun, seededRandom('virtual'))];
      expect(planned.length).toBeGreaterThan(80);
      expect(firsts(server.received).map(({ user, at }) => ({ user, start: at }))).toEqual(planned);
      expect(fold.dropped).toBe(0);
      expect(fold.peakUsers).toBeGreaterThan(40);
    },
  );

  test('each user holds one conversation, and leaves', async () => {
    const { server, fold, events } = await playVirtually(planFor(openProfile(5)));
    for (const requests of byUser(server.received).values()) {
      expect(requests.map(({ row }) => row).filter((row) => row === 'initial')).toHaveLength(1);
      expect(requests[0]?.row).toBe('initial');
    }
    expect(byUser(server.received).size).toBe(300);
    expect(server.count({ row: 'follow-up' })).toBeGreaterThan(200);
    expect(fold.peakUsers).toBeLessThan(150);
    expect(events.filter((event) => event.kind === 'second').at(-1)?.users).toBe(0);
  });

  test('a user whose first question fails leaves', async () => {
    const { server } = await playVirtually(planFor(openProfile(5)), { server: { faults: ['500'] } });
    expect(server.received).toHaveLength(300);
  });

  test('a mix of health checks only is one check a user', async () => {
    const plan = planFor(openProfile(5));
    const health = { ...plan, flow: { ...plan.flow, mix: { health: 1, initial: 0, 'follow-up': 0, automatic: 0 } } };
    const { server } = await playVirtually(health);
    expect(server.received).toHaveLength(300);
    expect(server.count({ row: 'health' })).toBe(300);
  });

  test('who finds every place taken is dropped, counted, and never late', async () => {
    const { server, fold } = await playVirtually(planFor(openProfile(2, { limit: 5 })), { server: { latency: '20s' } });
    const arrived = firsts(server.received).length;
    expect(fold.dropped).toBeGreaterThan(50);
    expect(arrived + fold.dropped).toBe(expectedArrivals(openProfile(2)));
    expect(fold.peakUsers).toBe(5);
    expect(fold.lateness.max).toBe(1);
    expect(fold.tally(null).requests).toBe(fold.started);
  });

  test('response time counts from the scheduled arrival, also when the generator is late', async () => {
    const { fold } = await playVirtually(planFor(openProfile(1)), {
      server: { latency: '100ms' },
      script: (clock) => {
        // Nothing can be handed over between 10.2 s and 12.2 s.
        void clock.until(millis(10_200)).then(() => clock.stall(seconds(2)));
      },
    });
    expect(fold.lateness.max).toBe(1_200_000);
    expect(fold.tally(null).ok.max).toBe(1_300_000);
  });

  test('the slices of an open run, merged, are byte for byte the whole run', async () => {
    const plan = planFor(openProfile(4, { process: 'poisson' }));
    const server = { faults: ['500:10%'] };
    const whole = talliesOf([(await playVirtually(plan, { server })).events]);
    expect(whole.length).toBeGreaterThan(10_000);
    for (const count of [2, 5]) {
      const parts = await Promise.all(
        Array.from(
          { length: count },
          async (_, index) => (await playVirtually(plan, { server, slice: { index, count } })).events,
        ),
      );
      expect(talliesOf(parts)).toBe(whole);
    }
  });

  test('closed and open load go on side by side', async () => {
    const closed = profileOf('name: both\nusers: 20\nspawn_rate: 20/s\nrun_time: 60s\n');
    const { arrivals } = openProfile(2);
    const { server, fold } = await playVirtually(planFor({ ...closed, arrivals }));
    expect(byUser(server.received).size).toBe(20 + 120);
    expect(fold.peakUsers).toBeGreaterThan(25);
    expect(fold.tally(null).requests).toBe(server.received.length);
  });
});

function talliesOf(runs: readonly (readonly RunEvent[])[]): string {
  const cells = new Map<string, typeof emptyTally>();
  for (const event of runs.flat().filter((event): event is SecondEvent => event.kind === 'second'))
    for (const { row, phase, tally } of event.cells) {
      const key = [event.second, phase, row].map((n) => String(n).padStart(6, '0')).join(' ');
      cells.set(key, mergeTallies(cells.get(key) ?? emptyTally, tally));
    }
  return JSON.stringify([...cells].sort(([a], [b]) => (a < b ? -1 : 1)));
}
