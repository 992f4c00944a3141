import type { FailuresEvent, HooksEvent, HookTrouble } from '../record/hooks-event.ts';
import type { LiveEvent } from '../report/live-event.ts';

/** Calls the user's hooks, in whichever thread, and keeps whatever they do away from the run. */
export interface HookCaller {
  /** Whether somebody wants to hear of failed requests one by one. */
  readonly wantsEveryFailure: boolean;
  /** All that went wrong so far. */
  readonly troubles: readonly HookTrouble[];
  /** Calls the hook of the event, if there is one. Never throws, and waits for nothing. */
  tell(event: LiveEvent): void;
  /** Failed requests that the hook is not called for. */
  passOver(event: FailuresEvent): void;
  /** What was measured and went wrong since it was last asked; `second`: the one that is over. */
  take(second: number): readonly HooksEvent[];
  /** Waits for what the hooks have to do, though not for long; `second`: the last of the run. */
  settle(second: number): Promise<void>;
  /** Calls no hook any more. */
  close(): Promise<void>;
}
