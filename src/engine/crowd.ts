/** The virtual users that are there now. It holds no more of them than that, however many came and went. */
export class Crowd {
  #present = 0;
  #whenEmpty: (() => void) | null = null;
  readonly #onBug: (error: unknown) => void;

  /** `onBug` is told why a user ended by an error: a bug in sqload. */
  constructor(onBug: (error: unknown) => void) {
    this.#onBug = onBug;
  }

  get size(): number {
    return this.#present;
  }

  /** Takes in a user who is there until its promise settles. */
  join(user: Promise<void>): void {
    this.#present += 1;
    user.catch(this.#onBug).finally(() => {
      this.#present -= 1;
      if (this.#present === 0) this.#whenEmpty?.();
    });
  }

  /** Resolves when the last of them has left. */
  empty(): Promise<void> {
    if (this.#present === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenEmpty = resolve;
    });
  }
}
