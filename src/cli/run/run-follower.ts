import { resolve } from 'node:path';
import { createRedactor } from '../../core/redactor.ts';
import type { HookCaller } from '../../io/hook-caller.ts';
import { HookRunner } from '../../io/hook-runner.ts';
import type { Hooks } from '../../io/hooks.ts';
import type { HooksEvent, HookTrouble } from '../../record/hooks-event.ts';
import type { RecordHeader } from '../../record/record.ts';
import type { RunEvent } from '../../record/run-event.ts';
import type { LiveEvent } from '../../report/live-event.ts';
import { LiveEvents } from '../../report/live-events.ts';
import type { Host } from '../host.ts';
import type { Machinery } from '../machinery.ts';
import type { SettledRun } from '../settings/settle-run.ts';

/** A program that uses the library, and hears what a run tells. */
export interface Listeners {
  readonly hear?: ((event: LiveEvent) => void) | undefined;
  /** Whether `hear` wants failed requests one by one. */
  readonly everyFailure?: boolean | undefined;
}

/** Tells listeners what the record is told. No listener can hold up a run, but for the 5 s that hooks get at its end. */
export class RunFollower {
  readonly #hooks: HookCaller | null;
  readonly #listeners: Listeners;
  #live: LiveEvents | null = null;
  #second = 0;

  constructor(hooks: HookCaller | null, listeners: Listeners) {
    this.#hooks = hooks;
    this.#listeners = listeners;
  }

  get wantsEveryFailure(): boolean {
    return this.#listeners.everyFailure === true || this.#hooks?.wantsEveryFailure === true;
  }

  /** What went wrong with hooks so far. */
  get troubles(): readonly HookTrouble[] {
    return this.#hooks?.troubles ?? [];
  }

  begin(header: RecordHeader): void {
    this.#live = new LiveEvents(header);
    this.#tell(this.#live.begin());
  }

  /** Hears the events of a run, and puts in what hooks have measured by the end of each second. */
  async *follow(events: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent, void, undefined> {
    for await (const event of events) {
      // What a hook does must not cost the record a line; the end is the last one.
      if (event.kind !== 'end') yield event;
      yield* await this.#hear(event);
      if (event.kind === 'end') yield event;
    }
  }

  /** What hooks have measured by the end of the second. At the end of the run it waits for them, though not for long. */
  async #hear(event: RunEvent): Promise<readonly HooksEvent[]> {
    this.#tell(this.#live?.add(event) ?? []);
    if (this.#hooks === null) return [];
    if (event.kind === 'failures') this.#hooks.passOver(event);
    if (event.kind !== 'second' && event.kind !== 'end') return [];
    this.#second = event.kind === 'second' ? event.second : Math.floor(event.at / 1000);
    if (event.kind === 'end') await this.#hooks.settle(this.#second);
    return this.#hooks.take(this.#second);
  }

  /** The last that is told. Resolves when the hooks have had their time for it. */
  async judged(event: Extract<LiveEvent, { readonly kind: 'verdict' }>): Promise<void> {
    this.#tell([event]);
    await this.#hooks?.settle(this.#second);
  }

  /** Nothing is told any more, and hooks of a file lose their thread. */
  async close(): Promise<void> {
    await this.#hooks?.close();
  }

  #tell(events: readonly LiveEvent[]): void {
    for (const event of events) {
      this.#hooks?.tell(event);
      this.#listeners.hear?.(event);
    }
  }
}

/**
 * Who follows the run: the hooks of `--hooks`, unless a program gives its own, and who else listens. Whoever asks for it closes it.
 * @throws SqloadError (exit 2) when the file of the hooks cannot be loaded.
 */
export async function followerOf(
  { settings, plan }: SettledRun,
  { host, machinery, hooks = null, listeners = {} }: Company,
): Promise<RunFollower> {
  const file = settings.hooks.value;
  if (hooks !== null)
    return new RunFollower(new HookRunner(hooks, machinery.clock(), createRedactor(plan.secrets)), listeners);
  if (file === null) return new RunFollower(null, listeners);
  return new RunFollower(await machinery.openHooks(resolve(host.cwd, file), file, plan.secrets), listeners);
}

interface Company {
  readonly host: Host;
  readonly machinery: Machinery;
  /** Those that a program gives. */
  readonly hooks?: Hooks | null;
  readonly listeners?: Listeners;
}
