import { earlier, type Millis, plus, seconds } from '../core/units.ts';
import type { WireReply, WireRequest } from '../protocol/wire.ts';
import type { Connection, World } from './world.ts';

/** For what a server answers without thinking. */
export const promptly = seconds(5);

/** Sends one request after the other over one connection, and counts them. None gets longer than the `timeout` of the run. */
export class Caller {
  requests = 0;
  readonly #connection: Connection;
  readonly #world: Pick<World, 'clock'>;

  readonly #timeout: Millis;

  constructor(connection: Connection, world: Pick<World, 'clock'>, timeout: Millis) {
    this.#connection = connection;
    this.#world = world;
    this.#timeout = timeout;
  }

  /** How long a request gets for which `limit` would be enough. */
  within(limit: Millis): Millis {
    return earlier(limit, this.#timeout);
  }

  async send(request: WireRequest, limit: Millis): Promise<WireReply> {
    this.requests += 1;
    return this.#connection.send(request, plus(this.#world.clock.now(), this.within(limit)));
  }
}
