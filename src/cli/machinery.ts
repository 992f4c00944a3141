import type { Clock } from '../core/clock.ts';
import type { Transport } from '../engine/world.ts';
import type { RunningMockServer } from '../io/mock-server.ts';
import { startMockThread } from '../io/mock-thread.ts';
import { openFileLimit } from '../io/open-file-limit.ts';
import { realClock } from '../io/real-clock.ts';
import { type UndiciTransportOptions, undiciTransport } from '../io/undici-transport.ts';
import type { MockOptions } from '../mock/mock-options.ts';

/** What a run is made of that is not plain data: give a command another machinery and it runs in virtual time. */
export interface Machinery {
  /** The time of day. */
  date(): Date;
  /** A clock that starts at 0. */
  clock(): Clock;
  /** How many files this process may open; null where the system does not say. */
  openFileLimit(): number | null;
  connect(options: UndiciTransportOptions): Transport;
  /** Starts the built-in server. `onExit` is told when it dies on its own. */
  startBuiltIn(options: MockOptions, onExit: (error: Error) => void): Promise<RunningMockServer>;
}

/** The real thing: wall time, sockets, and the built-in server in a thread of its own. */
export const realMachinery: Machinery = {
  date: () => new Date(),
  clock: realClock,
  openFileLimit,
  connect: undiciTransport,
  startBuiltIn: (options, onExit) => startMockThread(options, { onExit }),
};
