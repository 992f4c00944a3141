import { availableParallelism } from 'node:os';
import type { Clock } from '../core/clock.ts';
import type { Transport } from '../engine/world.ts';
import type { HookCaller } from '../io/hook-caller.ts';
import { openHooks } from '../io/hook-thread.ts';
import { type HttpTransportOptions, httpTransport } from '../io/http-transport.ts';
import { type LoadCrew, type LoadOrder, startLoadThreads } from '../io/load-threads.ts';
import type { RunningMockServer } from '../io/mock-server.ts';
import { type MockThread, startMockThread } from '../io/mock-thread.ts';
import type { MonitorTls } from '../io/monitors/https-answer.ts';
import { openSampler } from '../io/monitors/open-sampler.ts';
import type { Sampler, SamplerOptions } from '../io/monitors/sampler.ts';
import { readCounter } from '../io/monitors/server-counter.ts';
import { openFileLimit } from '../io/open-file-limit.ts';
import { realClock } from '../io/real-clock.ts';
import type { MockOptions } from '../mock/mock-options.ts';
import type { CounterSource } from '../monitor/counter-source.ts';
import type { NamedMonitor } from '../monitor/monitor-source.ts';

/** The built-in server. Where nobody can tell how its thread fares, as in virtual time, there are no vitals. */
export type BuiltInServer = RunningMockServer & Partial<Pick<MockThread, 'vitals'>>;

/** What a run is made of that is not plain data: give a command another machinery and it runs in virtual time. */
export interface Machinery {
  /** The time of day. */
  date(): Date;
  /** A clock that starts at 0. */
  clock(): Clock;
  /** How many files this process may open; null where the system does not say. */
  openFileLimit(): number | null;
  /** Processor cores that this process may use. */
  cores(): number;
  /** Connects to the server outside of the load: for the preflight. */
  connect(options: HttpTransportOptions): Transport;
  /**
   * Gets everything ready that plays the load: it then starts at once.
   * @throws SqloadError when a load thread does not come up.
   */
  prepareLoad(order: LoadOrder): Promise<LoadCrew>;
  /** Loads the hooks of a file, in which `secrets` are not told. @throws SqloadError (usage) when it cannot. */
  openHooks(path: string, shown: string, secrets: readonly string[]): Promise<HookCaller>;
  /**
   * Gets ready to read a monitor.
   * @throws SqloadError (exit 2) when it cannot be read, or measures nothing.
   */
  openSampler(monitor: NamedMonitor, options: SamplerOptions): Promise<Sampler>;
  /** What a counter of the server stands at. @throws Error, a clause without secrets, when it cannot be read. */
  readCounter(source: CounterSource, tls: MonitorTls): Promise<number>;
  /** Starts the built-in server. `onExit` is told when it dies on its own. */
  startBuiltIn(options: MockOptions, onExit: (error: Error) => void): Promise<BuiltInServer>;
}

/** The real thing: wall time, sockets, and threads of their own for the load and the built-in server. */
export const realMachinery: Machinery = {
  date: () => new Date(),
  clock: () => realClock(),
  openFileLimit,
  cores: availableParallelism,
  connect: httpTransport,
  prepareLoad: (order) => startLoadThreads(order),
  openHooks,
  openSampler,
  readCounter,
  startBuiltIn: (options, onExit) => startMockThread(options, { onExit }),
};
