import { expect, test } from 'vitest';
import { failure } from '../core/failure.ts';
import { seededRandom } from '../core/random.ts';
import { type Millis, millis, plus, seconds } from '../core/units.ts';
import { emptyTally, mergeTallies, tallyCount } from '../metrics/tally.ts';
import type { Session, SettledStep } from '../protocol/dialect.ts';
import type { WireReply, WireRequest } from '../protocol/wire.ts';
import type { Cell, SecondEvent } from '../record/run-event.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { planFor, profileOf } from '../testing/virtual-run.ts';
import { answeredReply, brokenReply } from '../testing/wire-reply.ts';
import { Ledger } from './ledger.ts';
import { setUp, takeLeave } from './session-set-up.ts';
import { RunStop } from './stop.ts';
import type { Connection } from './world.ts';

const get = (path: string): WireRequest => ({ method: 'GET', path, headers: [], body: null });

/** A session that takes a hello and a ready, and ends with a goodbye. */
class PoliteSession implements Session {
  lost = false;
  #at = 0;
  readonly #steps = [
    { row: 1, request: get('/hello') },
    { row: 2, request: get('/ready') },
  ];

  next() {
    return this.#steps[this.#at] ?? null;
  }
  settle(reply: WireReply): SettledStep {
    if (reply.kind === 'answered' && reply.status === 200) {
      this.#at += 1;
      return { ok: true };
    }
    this.#at = 0;
    return reply.kind === 'answered' ? failure('http-5xx', 'ready?\nno', reply.status) : failure(reply.error, '');
  }
  wasLost() {
    return this.lost;
  }
  build(): WireRequest {
    return get('/question');
  }
  parse() {
    return failure('not-json', '');
  }
  streamEnded() {}
  end() {
    return { row: 3, request: get('/bye') };
  }
  ended(reply: WireReply): SettledStep {
    return reply.kind === 'answered' ? { ok: true } : failure(reply.error, '');
  }
}

interface Scene {
  readonly clock: VirtualClock;
  readonly sent: { readonly path: string; readonly at: number; readonly deadline: number }[];
  readonly session: PoliteSession;
  readonly stop: RunStop;
  readonly ledger: Ledger;
  readonly scene: Parameters<typeof setUp>[0];
}

/** Each answer takes 100 ms; `status` says what it is, null that there is none. */
function stage(
  status: (path: string, at: number) => number | null,
  life = { start: millis(0), stop: seconds(100) },
): Scene {
  const clock = new VirtualClock();
  const sent: { path: string; at: number; deadline: number }[] = [];
  const connection: Connection = {
    async send({ path }: WireRequest, deadline: Millis): Promise<WireReply> {
      const at = clock.now();
      sent.push({ path, at, deadline });
      const said = status(path, at);
      await clock.until(said === null ? deadline : plus(at, millis(100)));
      const none = millis(Number.NaN);
      const times = { sent: at, firstByte: none, ended: clock.now(), opened: sent.length === 1 };
      const timing = { ...times, bytesSent: 10, bytesReceived: 20 };
      return said === null
        ? brokenReply('timeout', '', timing)
        : answeredReply('', { status: said, contentType: '', ...timing });
    },
    streamEnded: () => false,
    close: () => {},
  };
  const plan = planFor(profileOf('name: one\nusers: 1\nspawn_rate: 1/s\nrun_time: 100s\n'));
  const ledger = new Ledger(plan.profile.phases, (text) => text);
  const stop = new RunStop();
  const session = new PoliteSession();
  const never = new Error('not used here');
  const transport = {
    open: () => {
      throw never;
    },
    close: async () => {},
  };
  const world = { clock, random: seededRandom('x'), transport, stop, vitals: null };
  const scene = {
    life: { user: 0, ...life },
    plan,
    world,
    ledger,
    connection,
    session,
    backOff: seededRandom('pause'),
  };
  return { clock, sent, session, stop, ledger, scene };
}

const secondsOf = ({ ledger, clock }: Scene): SecondEvent[] =>
  ledger.takeRest(clock.now()).filter((event) => event.kind === 'second');

/** Successes and failures by session row. */
function told(scene: Scene): Record<number, readonly [number, number]> {
  const cells: Cell[] = secondsOf(scene).flatMap(({ sessions }) => sessions);
  const rows = new Map<number, typeof emptyTally>();
  for (const { row, tally } of cells) rows.set(row, mergeTallies(rows.get(row) ?? emptyTally, tally));
  return Object.fromEntries(
    [...rows].map(([row, tally]) => {
      const failed = tally.failures.reduce((sum, [, , count]) => sum + count, 0);
      return [row, [tallyCount(tally) - failed, failed] as const];
    }),
  );
}

const begin = ({ clock, scene, session }: Scene): Promise<boolean> => {
  const first = session.next();
  if (first === null) throw new Error('nothing to set up');
  return clock.run(setUp(scene, first));
};

test('a set-up is its requests in order, counted one by one and as a whole, and in no row', async () => {
  const here = stage(() => 200);
  expect(await begin(here)).toBe(true);
  expect(here.sent.map(({ path, at }) => [path, at])).toEqual([
    ['/hello', 0],
    ['/ready', 100],
  ]);
  const [second] = secondsOf(here);
  expect(second).toMatchObject({ started: 0, cells: [], sessionsLost: 0, connections: { opened: 1, reused: 1 } });
  const whole = second?.sessions.find(({ row }) => row === 0)?.tally;
  expect(whole).toMatchObject({ bytesSent: 20, bytesReceived: 40, failures: [] });
  // The whole took both: 200 ms, of one request each row.
  expect(whole?.ok.slice(0, 2)).toEqual([200_000, 200_000]);
  expect(second?.sessions.map(({ row }) => row)).toEqual([0, 1, 2]);
});

test('a failed set-up begins again after pauses that grow to 30 s', async () => {
  const here = stage((path, at) => (path === '/ready' && at < 60_000 ? 503 : 200));
  expect(await begin(here)).toBe(true);
  const starts = here.sent.filter(({ path }) => path === '/hello').map(({ at }) => at);
  const pauses = starts.slice(1).map((at, n) => at - 200 - (starts[n] ?? 0));
  pauses.forEach((pause, n) => {
    const most = Math.min(30_000, 1000 * 2 ** n);
    expect(pause).toBeGreaterThanOrEqual(most / 2);
    expect(pause).toBeLessThanOrEqual(most);
  });
  const failed = starts.length - 1;
  expect(failed).toBeGreaterThan(4);
  expect(told(here)).toEqual({ 0: [1, failed], 1: [starts.length, 0], 2: [1, failed] });
});

test('a failed set-up leaves an example of the request that failed, and of a kind no more than three', async () => {
  const here = stage((path, at) => (path === '/ready' && at < 60_000 ? 503 : 200));
  await begin(here);
  const examples = here.ledger.takeRest(here.clock.now()).filter((event) => event.kind === 'example');
  expect(examples).toHaveLength(3);
  expect(examples[0]).toMatchObject({ session: true, row: 2, failure: 'http-5xx', status: 503, text: 'ready? no' });
});

test('a set-up that does not come about is given up when the user has to go, or the run stops', async () => {
  const leaving = stage(() => 500, { start: millis(0), stop: seconds(5) });
  expect(await begin(leaving)).toBe(false);
  expect(leaving.clock.now()).toBe(5000);
  const stopped = stage(() => 500);
  const end = stopped.clock
    .until(seconds(3))
    .then(() => stopped.stop.stop({ reason: 'interrupted', grace: millis(0) }));
  const first = stopped.session.next();
  if (first === null) throw new Error('nothing to set up');
  expect(await stopped.clock.run(Promise.all([setUp(stopped.scene, first), end]))).toEqual([false, undefined]);
  expect(stopped.clock.now()).toBe(3000);
});

test('a lost session is counted once, however many attempts it takes', async () => {
  const here = stage((_, at) => (at < 3000 ? 503 : 200));
  here.session.lost = true;
  expect(await begin(here)).toBe(true);
  expect(secondsOf(here).reduce((sum, { sessionsLost }) => sum + sessionsLost, 0)).toBe(1);
});

test('a goodbye is counted in its row and waits 5 s at most', async () => {
  const here = stage(() => null);
  await here.clock.run(takeLeave(here.scene));
  expect(here.sent).toEqual([{ path: '/bye', at: 0, deadline: 5000 }]);
  expect(told(here)).toEqual({ 3: [0, 1] });
});
