import type { Exchange } from './exchange.ts';
import { WaitingLine } from './waiting-line.ts';
import { Wire, type WireSettings } from './wire.ts';

/**
 * At most `count` connections for everybody. Whoever finds all of them busy waits in line. Of the free ones the last used
 * goes first, so that no more are opened than are needed at a time.
 */
export class SharedWires {
  readonly #settings: WireSettings;
  readonly #count: number;
  readonly #all: Wire[] = [];
  readonly #free: Wire[] = [];
  readonly #line = new WaitingLine<Exchange>();
  #over = false;

  constructor(settings: WireSettings, count: number) {
    this.#settings = settings;
    this.#count = count;
  }

  carry(exchange: Exchange): void {
    const wire = this.#free.pop() ?? this.#another();
    if (wire) wire.carry(exchange);
    else this.#line.join(exchange);
  }

  /** The wire that carries an exchange; null when it waits in line, which it leaves herewith. */
  find(exchange: Exchange): Wire | null {
    const wire = this.#all.find((one) => one.find(exchange)) ?? null;
    if (!wire) this.#line.leave(exchange);
    return wire;
  }

  /** From here on nobody is served any more. */
  stop(): void {
    this.#over = true;
  }

  async discard(): Promise<void> {
    await Promise.all(this.#all.map((wire) => wire.discard()));
  }

  #another(): Wire | null {
    if (this.#all.length === this.#count) return null;
    const wire = new Wire(this.#settings, this.#freed);
    this.#all.push(wire);
    return wire;
  }

  readonly #freed = (wire: Wire): void => {
    const next = this.#over ? null : this.#line.next();
    if (next) wire.carry(next);
    else this.#free.push(wire);
  };
}
