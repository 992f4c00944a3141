import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { millis, seconds } from '../core/units.ts';
import { emptyTally, mergeTallies } from '../metrics/tally.ts';
import { faultKinds } from '../mock/fault.ts';
import { expectedShares } from '../protocol/expected-requests.ts';
import type { RunEvent, SecondEvent } from '../record/run-event.ts';
import { simulatedServer } from '../testing/simulated-server.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { at, planFor, playVirtually, presetProfile, profileOf } from '../testing/virtual-run.ts';
import { usersAt } from '../workload/load-profile.ts';
import { expectedDue } from '../workload/offered-load.ts';
import { wholeRun } from '../workload/slice.ts';
import { runSlice } from './run-slice.ts';
import { RunStop } from './stop.ts';

const secondsOf = (events: readonly RunEvent[]): SecondEvent[] => events.filter((event) => event.kind === 'second');
const small = profileOf('name: small\nusers: 20\nspawn_rate: 10/s\nrun_time: 60s\n');
const brief = profileOf('name: brief\nusers: 5\nspawn_rate: 5/s\nrun_time: 10s\n');

/** All tallies of a run by second, phase and row, as one text. */
function talliesOf(runs: readonly (readonly RunEvent[])[]): string {
  const cells = new Map<string, typeof emptyTally>();
  const users: number[] = [];
  for (const event of runs.flatMap(secondsOf)) {
    users[event.second] = (users[event.second] ?? 0) + event.users;
    for (const { row, phase, tally } of event.cells) {
      const key = [event.second, phase, row].map((n) => String(n).padStart(6, '0')).join(' ');
      cells.set(key, mergeTallies(cells.get(key) ?? emptyTally, tally));
    }
  }
  while (users.at(-1) === 0) users.pop();
  return JSON.stringify([[...cells].sort(([a], [b]) => (a < b ? -1 : 1)), users]);
}

describe('runSlice()', () => {
  test('the merge law: the slices of a run, merged in any order, are byte for byte the whole run', async () => {
    const plan = planFor(small);
    const server = { faults: ['500:10%', 'reset:5%'] };
    const whole = talliesOf([(await playVirtually(plan, { server })).events]);
    expect(whole.length).toBeGreaterThan(10_000);
    for (const count of [2, 3, 7]) {
      const parts = await Promise.all(
        Array.from(
          { length: count },
          async (_, index) => (await playVirtually(plan, { server, slice: { index, count } })).events,
        ),
      );
      expect(talliesOf(parts)).toBe(whole);
      expect(talliesOf(parts.reverse())).toBe(whole);
    }
  });

  test.each(faultKinds)('counts every started request once while the server does %s', async (kind) => {
    const plan = planFor(small, { timeout: seconds(8), stopTimeout: seconds(3) });
    const { fold, server } = await playVirtually(plan, { server: { faults: [`${kind}:40%`] } });
    expect(fold.started).toBe(server.received.length);
    expect(fold.tally(null).requests).toBe(fold.started);
    expect(fold.end).toMatchObject({ reason: 'completed', started: fold.started });
    expect(fold.tally(null).ok.count).toBe(
      server.count({ end: 'answered' }) -
        fold
          .tally(null)
          .failures.filter(([, status]) => status > 0)
          .reduce((n, [, , count]) => n + count, 0),
    );
  });

  test('counts every started request once under any mixture of faults and stops', async () => {
    const fault = fc
      .tuple(fc.constantFrom(...faultKinds), fc.integer({ min: 1, max: 100 }))
      .map(([kind, share]) => `${kind}:${share}%`);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fault, { maxLength: 4 }),
        fc.integer({ min: 1, max: 15 }),
        fc.nat(5),
        async (faults, stopAt, grace) => {
          const { fold, server } = await playVirtually(
            planFor(brief, { timeout: seconds(4), stopTimeout: seconds(2) }),
            {
              server: { faults, idleClose: seconds(5) },
              script: (clock, stop) =>
                at(clock, stopAt, () => stop.stop({ reason: 'interrupted', grace: seconds(grace) })),
            },
          );
          expect(fold.tally(null).requests).toBe(server.received.length);
          expect(fold.end?.started).toBe(server.received.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('the same seed gives the same schedule, another seed another one', async () => {
    const schedule = async (seed: string) =>
      (await playVirtually(planFor(small), { seed })).server.received.map(({ user, row, at }) => [user, row, at]);
    expect(await schedule('a')).toEqual(await schedule('a'));
    expect(await schedule('a')).not.toEqual(await schedule('b'));
  });

  test('users start evenly spaced, the first at once, and take their first step as they start', async () => {
    const { server } = await playVirtually(planFor(small));
    const firstSteps = server.received.filter(({ step }) => step === 0).map(({ at }) => at);
    expect(firstSteps).toEqual(Array.from({ length: 20 }, (_, user) => user * 100));
  });

  test('think time lies between 3 s and 7 s after each reply, evenly', async () => {
    const { server } = await playVirtually(planFor(small));
    const pauses = server.received.flatMap(({ user, step, at }) => {
      const before = server.received.find((other) => other.user === user && other.step === step - 1);
      return before?.serviceTime == null ? [] : [at - before.at - before.serviceTime];
    });
    expect(pauses.length).toBeGreaterThan(150);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(3000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(7000.001);
    expect(pauses.reduce((a, b) => a + b) / pauses.length).toBeCloseTo(5000, -3);
  });

  test('each user opens one connection, and another whenever the server has closed it, without a failure', async () => {
    const kept = await playVirtually(planFor(small));
    expect(kept.fold.connections).toMatchObject({ opened: 20, retried: 0 });
    const closing = await playVirtually(planFor(small), { server: { idleClose: seconds(5) } });
    expect(closing.fold.connections.opened).toBeGreaterThan(80);
    expect(closing.fold.connections.opened + closing.fold.connections.reused).toBe(closing.fold.started);
    expect(closing.fold.tally(null).failed.count).toBe(0);
  });

  test('a request that is in flight at the end gets the stop timeout, and what is left then is unfinished', async () => {
    const plan = planFor(brief, { stopTimeout: seconds(2) });
    const body = '{"status":"ok","conversation_id":"c","session_id":"s"}';
    const late = () => ({ kind: 'answered' as const, status: 200, body, after: millis(11_000) });
    const hanging = await playVirtually(plan, { server: { plant: late } });
    expect(hanging.fold.tally(null).failures).toEqual([]);
    expect(hanging.clock.now()).toBe(11_800);
    const hung = await playVirtually(plan, { server: { faults: ['hang'] } });
    expect(hung.fold.tally(null).failures).toEqual([['unfinished', 0, 5]]);
    expect(hung.clock.now()).toBe(12_000);
  });

  test('a stop begins no further step, gives requests in flight its grace, and ends the rest', async () => {
    const { fold, server, clock } = await playVirtually(planFor(small), {
      server: { faults: ['hang:50%'] },
      script: (virtual, stop) => at(virtual, 21, () => stop.stop({ reason: 'interrupted', grace: seconds(5) })),
    });
    expect(fold.end).toMatchObject({ reason: 'interrupted' });
    expect(clock.now()).toBe(26_000);
    expect(Math.max(...server.received.map((request) => request.at))).toBeLessThanOrEqual(21_000);
    expect(fold.tally(null).failures[0]?.[0]).toBe('unfinished');
  });

  test('a stop that comes while requests drain at the end shortens the draining', async () => {
    const { fold, clock } = await playVirtually(planFor(brief), {
      server: { faults: ['hang'] },
      script: (virtual, stop) => at(virtual, 13, () => stop.stop({ reason: 'terminated', grace: seconds(5) })),
    });
    expect(clock.now()).toBe(18_000);
    expect(fold.end).toMatchObject({ reason: 'terminated' });
  });

  test('tells each second once and in order, those after the end of the load included', async () => {
    const { events } = await playVirtually(planFor(brief), { server: { faults: ['hang'] } });
    const told = secondsOf(events).map(({ second }) => second);
    expect(told).toEqual(Array.from({ length: told.length }, (_, second) => second));
    expect(told.length).toBeGreaterThanOrEqual(40);
  });

  test('counts a reply in the second in which it ended and the phase in which it was due', async () => {
    const plan = planFor(
      profileOf(
        'name: x\nusers: 1\nspawn_rate: 1/s\nrun_time: 10s\nphases:\n  - {name: a, users: 100%, for: 20%}\n  - {name: b, users: 100%, for: 80%}\n',
      ),
    );
    const { events } = await playVirtually(plan, { server: { latency: '2500ms' } });
    const first = secondsOf(events).find((event) => event.cells.length > 0);
    expect(first?.second).toBe(2);
    expect(first?.cells[0]?.phase).toBe(0);
  });

  test('hides the secrets of the plan from the examples of failures', async () => {
    const { events } = await playVirtually(planFor(brief, { secrets: ['top-secret-key'] }), {
      server: { plant: () => ({ kind: 'answered', status: 401, body: 'no: top-secret-key', after: millis(1) }) },
    });
    const examples = events.filter((event) => event.kind === 'example');
    expect(examples.length).toBeGreaterThan(0);
    expect(examples.length).toBeLessThanOrEqual(9);
    expect(JSON.stringify(events)).not.toContain('top-secret-key');
  });
});

test('runSlice() stops the load when its consumer leaves', async () => {
  const clock = new VirtualClock();
  const server = simulatedServer({ clock });
  const stop = new RunStop();
  const leave = async (): Promise<void> => {
    for await (const event of runSlice(planFor(small), wholeRun, {
      clock,
      random: seededRandom('x'),
      transport: server,
      stop,
      vitals: null,
    }))
      if (event.kind === 'second' && event.second === 5) break;
  };
  await clock.run(leave());
  const sent = server.received.length;
  await clock.run(clock.until(seconds(50)));
  expect(sent).toBeGreaterThan(20);
  expect(server.received.length).toBe(sent);
});

describe('the presets', () => {
  test.each(['ramp', 'sustained', 'spike'] as const)(
    '%s follows its curve and sends what its plan expects',
    async (name) => {
      const plan = planFor(presetProfile(name));
      const { events, fold } = await playVirtually(plan, { server: { latency: '0ms' } });
      for (const { second, users } of secondsOf(events).slice(0, plan.profile.seconds - 1)) {
        // A user that climbs is there from the whole number below the curve on; one that is dropped ends with its request.
        const asked = usersAt(plan.profile, millis((second + 1) * 1000 - 0.001));
        expect(Math.abs(users - Math.ceil(asked - 1e-6))).toBeLessThanOrEqual(1);
      }
      expect(fold.peakUsers).toBe(plan.profile.peak);
      const expected = expectedDue(plan.profile, plan.think, { start: 0, end: plan.profile.seconds }, []);
      expect(fold.started / expected).toBeGreaterThan(0.97);
      expect(fold.started / expected).toBeLessThan(1.03);
    },
  );

  test('sustained keeps the mix of the guide, with the first question of each user in place of a follow-up', async () => {
    const plan = planFor(presetProfile('sustained', { runTime: seconds(600) }));
    const { fold } = await playVirtually(plan);
    const shares = expectedShares(plan.flow, plan.profile, plan.think);
    const total = fold.tally(null).requests;
    expect(fold.tally(0).requests / total).toBeCloseTo(shares.health, 1.8);
    expect(fold.tally(1).requests / total).toBeCloseTo(shares.initial, 1.8);
    expect(fold.tally(2).requests / total).toBeCloseTo(shares['follow-up'], 1.8);
  });

  test('spike drops the newest users first, each after its current request', async () => {
    const plan = planFor(presetProfile('spike', { users: 40, runTime: seconds(60) }));
    const { events, server } = await playVirtually(plan, { server: { latency: '900ms' } });
    const after = server.received.filter(({ at }) => at >= 36_000).map(({ user }) => user);
    expect(Math.max(...after)).toBeLessThan(4);
    expect(
      server.received.some(({ user, at, serviceTime }) => user >= 4 && at < 36_000 && at + (serviceTime ?? 0) > 36_000),
    ).toBe(true);
    expect(secondsOf(events)[38]?.users).toBe(4);
  });
});
