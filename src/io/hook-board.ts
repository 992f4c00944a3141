import { type HookName, type Hooks, hookNames } from './hooks.ts';

const running = 0;
const hurry = 1;
const heard = 2;

/** What the main thread and the thread of the hooks both see, even while a hook blocks its thread. */
export class HookBoard {
  readonly #cells: Int32Array<SharedArrayBuffer>;

  constructor(cells = new Int32Array(new SharedArrayBuffer(12))) {
    this.#cells = cells;
  }

  /** For another thread, which makes its board of it. */
  get cells(): Int32Array<SharedArrayBuffer> {
    return this.#cells;
  }

  /** The hook that has been called and has not come back; null for none, or for what it left to be done later. */
  get running(): HookName | null {
    return hookNames[Atomics.load(this.#cells, running) - 1] ?? null;
  }

  /** Whether the run is over and has waited for long enough: failed requests that nobody was called for are left out. */
  get hurried(): boolean {
    return Atomics.load(this.#cells, hurry) === 1;
  }

  /** Events that were heard, whether or not a hook was called for them. */
  get heard(): number {
    return Atomics.load(this.#cells, heard);
  }

  hurry(): void {
    Atomics.store(this.#cells, hurry, 1);
  }

  /** One more event was heard. */
  hear(): void {
    Atomics.add(this.#cells, heard, 1);
  }

  /** The same hooks, which tell the board while they are called. */
  watch(hooks: Hooks): Hooks {
    type Hook = (...told: readonly unknown[]) => unknown;
    const watched = hookNames.flatMap((name, index) => {
      const hook = hooks[name] as Hook | undefined;
      if (hook === undefined) return [];
      const call: Hook = (...told) => {
        Atomics.store(this.#cells, running, index + 1);
        try {
          return hook.apply(hooks, [...told]);
        } finally {
          Atomics.store(this.#cells, running, 0);
        }
      };
      return [[name, call]];
    });
    return Object.fromEntries(watched);
  }
}
