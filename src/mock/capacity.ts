interface Waiting {
  readonly gone: () => boolean;
  readonly admit: (admitted: boolean) => void;
}

/** The places of a server that works on `limit` requests at once (null: on any number); the others queue, first come, first served. */
export class Capacity {
  readonly #limit: number;
  readonly #queue: Waiting[] = [];
  #head = 0;
  #busy = 0;
  #closed = false;

  constructor(limit: number | null) {
    this.#limit = limit ?? Number.POSITIVE_INFINITY;
  }

  /** Requests that are being worked on. */
  get busy(): number {
    return this.#busy;
  }

  /** Requests that wait for a place. */
  get queued(): number {
    return this.#queue.length - this.#head;
  }

  /**
   * Waits for a place, which `leave` gives back. False, without a place, when the client had gone by the time its turn came
   * or the server was closed.
   */
  enter(gone: () => boolean): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    if (this.#busy < this.#limit) {
      this.#busy += 1;
      return Promise.resolve(true);
    }
    return new Promise((admit) => this.#queue.push({ gone, admit }));
  }

  /** Gives a place back, to the next in the queue who is still there. */
  leave(): void {
    for (let next = this.#shift(); next; next = this.#shift()) {
      const here = !next.gone();
      next.admit(here);
      if (here) return;
    }
    this.#busy -= 1;
  }

  /** Sends everyone in the queue away, and all who come later. */
  close(): void {
    this.#closed = true;
    for (let next = this.#shift(); next; next = this.#shift()) next.admit(false);
  }

  /** `Array.shift` moves the whole queue each time; this one moves it once in a while. */
  #shift(): Waiting | undefined {
    const next = this.#queue[this.#head];
    if (!next) return undefined;
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    return next;
  }
}
