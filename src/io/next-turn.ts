/** Who waits for the next turn of the event loop. */
export interface Waiting {
  turned(): void;
}

/**
 * Lets the event loop look at the sockets before one of them is used again: a close that has already come is then seen in time.
 * All who wait share one immediate, and are called in the order of coming.
 */
export class NextTurn {
  #waiting: Waiting[] = [];
  #called: Waiting[] = [];

  wait(one: Waiting): void {
    if (this.#waiting.push(one) === 1) setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    const now = this.#waiting;
    this.#waiting = this.#called;
    this.#called = now;
    for (const one of now) one.turned();
    now.length = 0;
  };
}
