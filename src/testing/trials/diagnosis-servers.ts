import { type Random, seededRandom } from '../../core/random.ts';
import { type Millis, millis } from '../../core/units.ts';
import { drawLatency, type LatencyLaw } from '../../mock/latency-law.ts';
import type { MonitorEvent } from '../../record/monitor.ts';
import type { RunEvent } from '../../record/run-event.ts';
import { type RunSeries, readSeries } from '../../record/series.ts';
import type { LoadProfile } from '../../workload/load-profile.ts';
import { plantHeader } from '../record-builder.ts';
import type { Plant, Planted } from '../simulated-server.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import { planFor, playVirtually, presetProfile, profileOf, type VirtualRunOptions } from '../virtual-run.ts';

/** Short runs of the three shapes that ship, and a slow climb. */
export const shapes = {
  sustained: profileOf('name: sustained\nusers: 60\nspawn_rate: 20/s\nrun_time: 3m\n'),
  ramp: profileOf('name: ramp\nusers: 120\nspawn_rate: 1/s\nrun_time: 3m\n'),
  presetRamp: presetProfile('ramp', { runTime: millis(120_000) }),
  spike: presetProfile('spike', { users: 160, runTime: millis(180_000) }),
} as const satisfies Record<string, LoadProfile>;

/** Times as of many real servers. */
export const usualLaw: LatencyLaw = { kind: 'lognormal', p50: millis(120), p95: millis(350) };

/** A request as a planted server sees it. */
export interface Asked {
  /** ms from the start of the run. */
  readonly now: number;
  readonly user: number;
  readonly row: 'health' | 'initial' | 'follow-up';
  /** Messages of the conversation so far. */
  readonly messages: number;
  /** What a healthy server takes, ms: a tenth for a health check. */
  readonly usual: number;
  readonly random: Random;
}

/** How a planted server answers: when, ms from now, and with which status. */
export interface Said {
  readonly after: number;
  readonly status?: number;
}

/** Makes the behaviour of a server for one run. */
export type Behaviour = () => (asked: Asked) => Said;

/** What monitors read in a second, given the requests that ended in it. */
export type Reading = (
  second: number,
  ended: number,
  random: Random,
) => readonly [cpu: number | null, memory: number | null];

export interface PlantedServer {
  readonly profile: LoadProfile;
  readonly law?: LatencyLaw;
  readonly behaves?: Behaviour;
  readonly server?: VirtualRunOptions['server'];
  readonly monitor?: Reading;
  readonly timeout?: Millis;
}

/** Plays a run against a planted server. */
export async function playAgainst(planted: PlantedServer, seed: string): Promise<RunSeries> {
  const { profile, law = usualLaw, behaves, server = {}, monitor, timeout } = planted;
  const clock: { now: VirtualClock | null } = { now: null };
  const random = seededRandom(seed);
  const plant = behaves && plantOf(behaves(), law, random.fork('plant'), () => clock.now?.now() ?? 0);
  const plan = planFor(profile, timeout === undefined ? {} : { timeout });
  const { events } = await playVirtually(plan, {
    seed,
    server: { latency: law, seed, ...(plant ? { plant } : {}), ...server },
    script: (virtual) => {
      clock.now = virtual;
    },
  });
  const monitors = monitor
    ? [{ name: 'server', source: 'planted', slice: 0, cpu: { amount: 4, of: '' }, memory: { amount: 2 ** 31, of: '' } }]
    : [];
  const header = plantHeader({ profile, monitors });
  const load = { ...header.load, timeout: plan.timeout };
  const readings = monitor ? readingsOf(events, monitor, random.fork('monitor')) : [];
  return readSeries({ header: { ...header, load }, events: () => [...events, ...readings] });
}

function plantOf(answer: (asked: Asked) => Said, law: LatencyLaw, random: Random, now: () => number): Plant {
  return (user, step, request): Planted => {
    const own = random.fork(user).fork(step);
    const body = request.body === null ? null : (JSON.parse(request.body) as Body);
    const row = body === null ? 'health' : body.conversation_id === undefined ? 'initial' : 'follow-up';
    const usual = drawLatency(law, own) * (row === 'health' ? 0.1 : 1);
    const messages = body?.previous_messages?.length ?? 0;
    const { after, status = 200 } = answer({ now: now(), user, row, messages, usual, random: own });
    const ids = { conversation_id: `${user}`, session_id: `${user}` };
    const text = row === 'health' ? '{"status":"ok"}' : JSON.stringify({ ...ids, question: 'And then?' });
    return { kind: 'answered', after: millis(after), status, body: status === 200 ? text : '{"detail":"no"}' };
  };
}

interface Body {
  readonly conversation_id?: string;
  readonly previous_messages?: readonly unknown[];
}

function readingsOf(events: readonly RunEvent[], read: Reading, random: Random): MonitorEvent[] {
  return events.flatMap((event): MonitorEvent[] => {
    if (event.kind !== 'second') return [];
    const { second, cells } = event;
    const ended = cells.reduce((sum, { tally }) => {
      for (let i = 4; i < tally.ok.length; i += 2) sum += tally.ok[i] ?? 0;
      return sum;
    }, 0);
    const [cpu, memory] = read(second, ended, random);
    return [{ kind: 'monitor', second, at: millis(1000 * second + 1004), monitor: 0, cpu, memory }];
  });
}

/** Places that requests take in order of arrival, and wait for: how long each waits. */
export class Places {
  readonly #free: number[];

  constructor(count: number) {
    this.#free = Array.from({ length: count }, () => 0);
  }

  /** Places that are taken, the queue included as work still to do. */
  busy(now: number): number {
    return this.#free.filter((at) => at > now).length;
  }

  /** ms until a place is free. */
  wait(now: number): number {
    return Math.max(0, Math.min(...this.#free) - now);
  }

  /** Takes the first free place for `work` ms; ms until it is done. */
  take(now: number, work: number): number {
    const first = this.#free.indexOf(Math.min(...this.#free));
    const done = Math.max(now, this.#free[first] ?? 0) + work;
    this.#free[first] = done;
    return done - now;
  }
}
