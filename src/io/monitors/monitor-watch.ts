import type { Clock } from '../../core/clock.ts';
import { type Millis, millis } from '../../core/units.ts';
import type { MonitorEvent } from '../../record/monitor.ts';
import type { RunEvent } from '../../record/run-event.ts';
import type { Sampler } from './sampler.ts';

/** The rest of a second at the end of the run, in ms, that is long enough to speak for it. */
const longEnough = 500;

/** Tells that a source could not be read, once for each. */
export type Complain = (name: string, problem: string) => void;

/** Reads the sources of a run at the end of each of its seconds, each on its own: a slow one holds up no other, nor itself. */
export class MonitorWatch {
  readonly #clock: Clock;
  readonly #complain: Complain;
  readonly #over = new AbortController();
  readonly #loops: readonly Promise<void>[];
  #told: MonitorEvent[] = [];

  /** Begins at once; `clock` stands at 0 at the start of the run. */
  constructor(samplers: readonly Sampler[], clock: Clock, complain: Complain) {
    this.#clock = clock;
    this.#complain = complain;
    this.#loops = samplers.map((sampler, index) => this.#watch(sampler, index));
  }

  /** What was read since it was last asked. */
  take(): readonly MonitorEvent[] {
    const told = this.#told;
    this.#told = [];
    return told;
  }

  /** Ends, when what is being read is read, and most of a second that has begun. May be called again. */
  async finish(): Promise<void> {
    this.#over.abort();
    await Promise.all(this.#loops);
  }

  async #watch(sampler: Sampler, index: number): Promise<void> {
    const { signal } = this.#over;
    const trouble = new Trouble(sampler.monitor.name, this.#complain);
    await this.#clock.until(millis(0), signal);
    // From here on CPU is counted.
    await sampler.read().catch((error: unknown) => trouble.tell(error));
    let before = Math.max(0, this.#clock.now());
    for (
      let second = Math.floor(before / 1000);
      ;
      second = Math.max(second + 1, Math.floor(this.#clock.now() / 1000))
    ) {
      await this.#clock.until(millis((second + 1) * 1000), signal);
      const begun = this.#clock.now();
      const whole = begun >= (second + 1) * 1000;
      if (!whole && begun - Math.max(before, second * 1000) < longEnough) return;
      await this.#read(sampler, index, second, trouble);
      if (signal.aborted) return;
      before = begun;
    }
  }

  async #read(sampler: Sampler, index: number, second: number, trouble: Trouble): Promise<void> {
    try {
      const { cpu, memory } = await sampler.read();
      const at: Millis = this.#clock.now();
      if (cpu !== null || memory !== null)
        this.#told.push({ kind: 'monitor', second, at, monitor: index, cpu, memory });
      if (missing(sampler, { cpu, memory })) throw new Error('it does not tell any more what it told at the start');
    } catch (error) {
      trouble.tell(error);
    }
  }
}

const missing = (
  { monitor }: Sampler,
  { cpu, memory }: { readonly cpu: number | null; readonly memory: number | null },
): boolean => (monitor.cpu !== null && cpu === null) || (monitor.memory !== null && memory === null);

/** Complains once. */
class Trouble {
  readonly #name: string;
  readonly #complain: Complain;
  #told = false;

  constructor(name: string, complain: Complain) {
    this.#name = name;
    this.#complain = complain;
  }

  tell(error: unknown): void {
    if (this.#told) return;
    this.#told = true;
    this.#complain(this.#name, error instanceof Error ? error.message : String(error));
  }
}

/** Adds to the events of a run what its monitors read, each reading before the next second of the load. */
export async function* withMonitors(
  events: AsyncIterable<RunEvent>,
  watch: MonitorWatch,
): AsyncGenerator<RunEvent, void, undefined> {
  try {
    for await (const event of events) {
      if (event.kind === 'end') await watch.finish();
      yield* watch.take();
      yield event;
    }
  } finally {
    await watch.finish();
  }
}
