import type { Millis } from '../core/units.ts';
import type { DialectPlan } from '../protocol/dialect-plan.ts';
import type { FlowPlan } from '../protocol/flow.ts';
import type { LoadProfile } from '../workload/load-profile.ts';
import type { ThinkTime } from '../workload/think-time.ts';

/** A whole run as plain data, settled to the last number: what a load thread, on this machine or another, needs to know. */
export interface RunPlan {
  readonly profile: LoadProfile;
  readonly flow: FlowPlan;
  readonly think: ThinkTime;
  readonly dialect: DialectPlan;
  /** From the hand-over of a request to the end of its answer, connecting included. */
  readonly timeout: Millis;
  /** How long requests in flight may take after the end of the run. */
  readonly stopTimeout: Millis;
  /** Whether failed requests are told one by one; left out: they are not. */
  readonly everyFailure?: boolean;
  /** Never to be seen in what the run tells. */
  readonly secrets: readonly string[];
}
