import { type Millis, plus, seconds } from '../core/units.ts';
import type { WireReply, WireRequest } from '../protocol/wire.ts';
import type { Connection, World } from './world.ts';

/** For what a server answers without thinking. */
export const promptly = seconds(5);

/** Sends one request after the other over one connection, and counts them. */
export class Caller {
  requests = 0;
  readonly #connection: Connection;
  readonly #world: Pick<World, 'clock'>;

  constructor(connection: Connection, world: Pick<World, 'clock'>) {
    this.#connection = connection;
    this.#world = world;
  }

  async send(request: WireRequest, limit: Millis): Promise<WireReply> {
    this.requests += 1;
    return this.#connection.send(request, plus(this.#world.clock.now(), limit));
  }
}
