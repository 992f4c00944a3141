import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Redactor } from '../../core/redactor.ts';
import { createRedactor } from '../../core/redactor.ts';
import { HookRunner } from '../../io/hook-runner.ts';
import type { Hooks } from '../../io/hooks.ts';
import type { HooksEvent, HookTrouble } from '../../record/hooks-event.ts';
import type { RecordHeader } from '../../record/record.ts';
import type { RunEvent } from '../../record/run-event.ts';
import type { LiveEvent } from '../../report/live-event.ts';
import { LiveEvents } from '../../report/live-events.ts';
import type { Host } from '../host.ts';
import type { Machinery } from '../machinery.ts';
import { hooksOfProgram } from '../options/run-options.ts';
import type { SettledRun } from '../settings/settle-run.ts';

/** Who hears what a run tells, beside its record: the user's hooks, and a program that uses the library. */
export interface Listeners {
  readonly hooks?: Hooks | undefined;
  readonly hear?: ((event: LiveEvent) => void) | undefined;
  /** Whether `hear` wants failed requests one by one. */
  readonly everyFailure?: boolean | undefined;
}

/** Tells listeners what the record is told. No listener can hold up a run, but for the 5 s that hooks get at its end. */
export class RunFollower {
  readonly #hooks: HookRunner | null;
  readonly #listeners: Listeners;
  #live: LiveEvents | null = null;

  constructor(listeners: Listeners, machinery: Machinery, redact: Redactor) {
    this.#listeners = listeners;
    this.#hooks = listeners.hooks ? new HookRunner(listeners.hooks, machinery.clock(), redact) : null;
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

  /** Takes an uncaught error for one of the hooks when it comes from their file; false: it is not theirs. */
  takeStray(error: unknown, file: string): boolean {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    if (this.#hooks === null || !(stack.includes(file) || stack.includes(pathToFileURL(file).href))) return false;
    this.#hooks.noteStray(error);
    return true;
  }

  /** What hooks have measured by the end of the second, for the record. At the end of the run it waits for them, though not for long. */
  async hear(event: RunEvent): Promise<HooksEvent | null> {
    this.#tell(this.#live?.add(event) ?? []);
    if (this.#hooks === null) return null;
    if (event.kind === 'failures') this.#hooks.passOver(event);
    if (event.kind === 'end') await this.#hooks.settle();
    return event.kind === 'second' || event.kind === 'end' ? this.#hooks.take(this.#secondOf(event)) : null;
  }

  /** The last that is told. Resolves when the hooks have had their time for it. */
  async judged(event: Extract<LiveEvent, { readonly kind: 'verdict' }>): Promise<void> {
    this.#tell([event]);
    await this.#hooks?.settle();
  }

  #secondOf(event: Extract<RunEvent, { readonly kind: 'second' | 'end' }>): number {
    return event.kind === 'second' ? event.second : Math.floor(event.at / 1000);
  }

  #tell(events: readonly LiveEvent[]): void {
    for (const event of events) {
      this.#hooks?.tell(event);
      this.#listeners.hear?.(event);
    }
  }
}

/**
 * Who follows the run: the hooks of `--hooks`, unless a program gives its own, and who else listens.
 * @throws SqloadError (exit 2) when the file of the hooks cannot be loaded.
 */
export async function followerOf(
  { settings, plan }: SettledRun,
  { host, machinery, listeners }: { host: Host; machinery: Machinery; listeners: Listeners },
): Promise<RunFollower> {
  const redact = createRedactor(plan.secrets);
  const file = settings.hooks.value;
  if (file === null || file === hooksOfProgram) return new RunFollower(listeners, machinery, redact);
  const path = resolve(host.cwd, file);
  const hooks = await machinery.loadHooks(path, file);
  const follower = new RunFollower({ ...listeners, hooks }, machinery, redact);
  host.onStray?.((error) => follower.takeStray(error, path));
  return follower;
}
