import type { HistoryRun } from '../../report/run-history.ts';

/** What `--last` asks for. */
export interface LastRuns {
  readonly count: number;
  /** Only runs with this label are the baseline; null: all. */
  readonly label: string | null;
}

/** The runs of a history that are compared. */
export interface ChosenRuns {
  /** In the order of the history; none: there is nothing to compare with. */
  readonly baseline: readonly HistoryRun[];
  readonly candidate: HistoryRun;
  /** Runs among them that are no baseline, and why. */
  readonly passedOver: readonly { readonly why: string; readonly runs: number }[];
}

/**
 * The newest run of a history is the candidate, those before it of the same scenario and load are the baseline, the last ones first. Runs that
 * are invalid, or were interrupted, are passed over. null: the history has no run.
 */
export function chooseRuns(runs: readonly HistoryRun[], { count, label }: LastRuns): ChosenRuns | null {
  const candidate = runs.at(-1);
  if (!candidate) return null;
  const baseline: HistoryRun[] = [];
  const passedOver = new Map<string, number>();
  for (const run of runs.slice(0, -1).reverse()) {
    if (baseline.length === count) break;
    const why = whyNot(run, candidate, label);
    if (why === null) baseline.unshift(run);
    else passedOver.set(why, (passedOver.get(why) ?? 0) + 1);
  }
  return { baseline, candidate, passedOver: [...passedOver].map(([why, times]) => ({ why, runs: times })) };
}

function whyNot(run: HistoryRun, candidate: HistoryRun, label: string | null): string | null {
  if (run.scenario !== candidate.scenario) return 'another scenario';
  if (run.usersPlanned !== candidate.usersPlanned || run.rate !== candidate.rate) return 'another load';
  if (label !== null && run.label !== label) return 'another label';
  return run.verdict === 'invalid' || run.verdict === 'interrupted' ? run.verdict : null;
}
