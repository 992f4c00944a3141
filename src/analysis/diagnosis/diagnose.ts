import type { RunSeries } from '../../record/series.ts';
import type { Finding } from '../finding.ts';
import { findBlockedLoop } from './blocked-loop.ts';
import { findColdStart } from './cold-start.ts';
import { findErrorOnset } from './error-onset.ts';
import { findHistoryCost } from './history-cost.ts';
import { viewLoad } from './load-view.ts';
import { findOutage } from './outage.ts';
import { findQueueing } from './queueing.ts';
import { findRateLimit } from './rate-limited.ts';
import { findFullMemory, findSaturatedCpu } from './server-load.ts';
import type { Rule } from './shown.ts';
import { findSlowUnloaded } from './slow-unloaded.ts';
import { findStaleConnections } from './stale-connections.ts';
import { findTimeoutPlateau } from './timeout-plateau.ts';

/** A rule, and the findings of others that follow from its own and need no telling then. */
interface Ranked {
  readonly rule: Rule;
  readonly explains: readonly string[];
}

/** In order of importance: what stops the server, what makes it slow, what costs a little. */
const rules: readonly Ranked[] = [
  { rule: findOutage, explains: [] },
  { rule: findFullMemory, explains: [] },
  { rule: findSaturatedCpu, explains: ['event-loop-blocked', 'queueing', 'slow-without-load'] },
  { rule: findErrorOnset, explains: [] },
  { rule: findBlockedLoop, explains: ['queueing', 'slow-without-load'] },
  { rule: findRateLimit, explains: [] },
  { rule: findTimeoutPlateau, explains: ['slow-without-load'] },
  { rule: findQueueing, explains: ['slow-without-load'] },
  { rule: findSlowUnloaded, explains: [] },
  { rule: findStaleConnections, explains: [] },
  { rule: findHistoryCost, explains: [] },
  { rule: findColdStart, explains: ['slow-without-load'] },
];

/**
 * What the numbers of a run show of the server, and what to do: the most important first, nothing that another one explains.
 * Each is a test that a healthy server fails in 3 of 1 000 runs at most (in 5 % for all together), and a size below which
 * nothing is said. Empty: nothing shows.
 */
export function diagnose(series: RunSeries): readonly Finding[] {
  const view = viewLoad(series);
  const found = rules.flatMap(({ rule, explains }) => {
    const finding = rule(view);
    return finding === null ? [] : [{ finding, explains }];
  });
  const explained = new Set(found.flatMap(({ explains }) => explains));
  return found.map(({ finding }) => finding).filter(({ id }) => !explained.has(id));
}
