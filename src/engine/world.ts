import type { Clock } from '../core/clock.ts';
import type { Random } from '../core/random.ts';
import type { Millis } from '../core/units.ts';
import type { WireReply, WireRequest } from '../protocol/wire.ts';
import type { ThreadSecond } from '../record/run-event.ts';
import type { RunStop } from './stop.ts';

/** All that a run touches outside of itself: give it another world and it runs in virtual time against a simulated server. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  readonly stop: RunStop;
  /** null: nobody measures, as in virtual time. */
  readonly vitals: Vitals | null;
}

/** What the thread that plays the load had to spare. */
export interface Vitals {
  /** Since it was last read. */
  read(): Omit<ThreadSecond, 'slice'>;
}

/** Carries requests to the server under test. It decides which connections there are. */
export interface Transport {
  /** The connection of one virtual user. Nothing is opened before its first request. */
  open(user: number): Connection;
  /** Ends at once everything that is in flight, as `unfinished`. Further requests end the same way. */
  close(): Promise<void>;
}

/** Carries one request at a time for one virtual user. */
export interface Connection {
  /**
   * Sends one request and waits for the whole answer, at most until `deadline`, connecting included.
   * Never rejects: what goes wrong is a `broken` reply.
   */
  send(request: WireRequest, deadline: Millis): Promise<WireReply>;
  /** Whether a stream of events that the user held (`opened-stream`) has ended since this was last asked. */
  streamEnded(): boolean;
  /** The user is gone: closes what only it used. */
  close(): void;
}
