import { describe, expect, test, vi } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { millis } from '../core/units.ts';
import { runSlice } from '../engine/run-slice.ts';
import { RunStop } from '../engine/stop.ts';
import { tallyCount } from '../metrics/tally.ts';
import type { Fault, FaultKind } from '../mock/fault.ts';
import type { MockStats } from '../mock/mock-service.ts';
import { startMockServer } from '../mock.ts';
import { createDialect } from '../protocol/create-dialect.ts';
import { rowIds } from '../protocol/dialect.ts';
import type { Cell, EndEvent, SecondEvent } from '../record/run-event.ts';
import { type BuiltInKind, builtInKinds } from '../testing/built-in-kinds.ts';
import { sessionsLeft } from '../testing/sessions-left.ts';
import { planFor, profileOf } from '../testing/virtual-run.ts';
import { wholeRun } from '../workload/slice.ts';
import { httpTransport } from './http-transport.ts';
import { realClock } from './real-clock.ts';

// Whole runs of every dialect over sockets and in real time. How fast they are says nothing: only what is counted.

// Each of them is a server and five users in this thread.
vi.setConfig({ testTimeout: 60_000, maxConcurrency: 8 });

const profile = profileOf('users: 5\nspawn_rate: 20/s\nrun_time: 1s\n');

interface Played {
  /** Requests by row, as the run counted them. */
  readonly counted: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
  /** Whole set-ups, and what they and the ends of sessions took. */
  readonly setUps: number;
  readonly sessionRequests: number;
  readonly sessionsLost: number;
  readonly retried: number;
  readonly end: EndEvent;
  readonly server: MockStats;
}

async function play(
  { plan: dialect, server: options, traits }: BuiltInKind,
  faults: readonly Fault[],
): Promise<Played> {
  const server = await startMockServer({ latency: 'p50=2ms,p95=5ms', ...options, faults });
  try {
    const clock = realClock();
    const transport = httpTransport({ origin: server.address, tls: { insecure: false, ca: null }, clock });
    const plan = planFor(profile, {
      dialect,
      flow: {
        ...planFor(profile).flow,
        mix: { health: 1, initial: 2, 'follow-up': 5, automatic: traits.automatic ? 1 : 0 },
      },
      think: { min: millis(20), max: millis(50) },
      timeout: millis(faults.length > 0 ? 800 : 20_000),
      stopTimeout: millis(20_000),
    });
    const world = { clock, random: seededRandom('sockets'), transport, stop: new RunStop(), vitals: null };
    const seconds: SecondEvent[] = [];
    let end: EndEvent | null = null;
    for await (const event of runSlice(plan, wholeRun, world)) {
      if (event.kind === 'second') seconds.push(event);
      if (event.kind === 'end') end = event;
    }
    await transport.close();
    if (end === null) throw new Error('the run told of no end');
    expect(await sessionsLeft(server)).toBe(0);
    return { ...summed(seconds), end, server: await server.stats() };
  } finally {
    await server.close();
  }
}

function summed(seconds: readonly SecondEvent[]): Omit<Played, 'end' | 'server'> {
  const cells = seconds.flatMap((second) => second.cells);
  const sessions = seconds.flatMap((second) => second.sessions);
  const sum = (from: readonly Cell[]): number => from.reduce((total, { tally }) => total + tallyCount(tally), 0);
  return {
    counted: Object.fromEntries(rowIds.map((id, n) => [id, sum(cells.filter(({ row }) => row === n))])),
    failures: [...cells, ...sessions].flatMap(({ tally }) =>
      tally.failures.map(([kind, status]) => `${kind} ${status}`),
    ),
    setUps: sum(sessions.filter(({ row }) => row === 0)),
    sessionRequests: sum(sessions.filter(({ row }) => row > 0)),
    sessionsLost: seconds.reduce((total, second) => total + second.sessionsLost, 0),
    retried: seconds.reduce((total, { connections }) => total + connections.retried, 0),
  };
}

const total = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

const kinds = builtInKinds.map((kind) => [kind.name, kind] as const);

describe.concurrent('a run over sockets', () => {
  test.each(kinds)('%s: what it counts is what the server has seen, and every session ends', async (_, kind) => {
    const { counted, failures, setUps, sessionRequests, end, server } = await play(kind, []);
    expect(failures).toEqual([]);
    expect({ ...counted, refused: 0 }).toEqual(server.requests);
    expect(total(counted)).toBe(end.started);
    // A machine that stands still for most of the second leaves little to count, but something.
    expect(total(counted)).toBeGreaterThan(0);
    expect(end.reason).toBe('completed');
    const hasSessions = createDialect(kind.plan).sessionRows.length > 0;
    expect(setUps > 0 && setUps <= 5).toBe(hasSessions);
    expect(sessionRequests).toBe(server.setUp);
  });
});

/** Two in a hundred of each: a fifth of all requests, where all of them can hit. */
const faults = (
  [
    ...(['slow', '500', '429', 'reset', 'hang', 'truncated', 'not-json', 'missing-ids', 'done'] as const),
    ...(['is-error', 'rpc-error', 'lost-session', 'cut-events', 'priming', 'crlf'] as const),
  ] satisfies FaultKind[]
).map((kind): Fault => ({ kind, share: 0.02, from: millis(0), to: null }));

describe.concurrent('a run over sockets to a server with faults of every kind', () => {
  test.each(kinds)('%s: nothing is lost and nothing is counted twice', async (_, kind) => {
    const { counted, failures, sessionRequests, sessionsLost, retried, end, server } = await play(kind, faults);
    expect(total(counted)).toBe(end.started);
    // What was sent twice, the server has seen twice; and what it refused, since the session was gone, has a row here only.
    expect(total(counted) + sessionRequests + retried).toBe(total(server.requests) + server.setUp);
    if (total(counted) > 60) expect(failures).not.toEqual([]);
    expect(failures).not.toContain('generator-error 0');
    if (!kind.traits.forgets) expect(sessionsLost).toBe(0);
    for (const [row, count] of Object.entries(counted))
      expect(count + server.requests.refused + retried).toBeGreaterThanOrEqual(server.requests[row as 'health']);
  });
});
