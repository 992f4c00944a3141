import { bug, type ExitCode, exitCodes } from '../core/errors.ts';
import type { RunFold } from '../record/fold.ts';
import { gradeThreshold } from './grade.ts';
import { noSession } from './graded-over.ts';
import { partialLoad } from './partial-run.ts';
import { findingNotes, runNotes } from './run-notes.ts';
import { runThresholds } from './run-thresholds.ts';
import { type Finding, selfCheck } from './self-check.ts';
import { isAside } from './server-load.ts';
import type { GradedThreshold, RunOutcome, Verdict } from './verdict.ts';
import { verdictSentence } from './verdict-sentence.ts';

/**
 * What a run means: its thresholds graded, its outcome and exit code, and the sentence that says so.
 * @throws SqloadError (bug) when a whole record does not count every started request exactly once.
 */
export function judge(fold: RunFold): Verdict {
  checkConservation(fold);
  const partial = partialLoad(fold.header).length > 0;
  const judged = runThresholds(fold.header).map((threshold) => ({
    threshold,
    graded: withoutShare(gradeThreshold(threshold, fold), partial),
  }));
  const thresholds = judged.map(({ graded }) => graded);
  const findings = selfCheck(fold, judged);
  const outcome = outcomeOf(fold, thresholds, findings);
  return {
    outcome,
    exitCode: exitCodeOf(outcome, fold),
    sentence: verdictSentence(outcome, fold, { thresholds, findings }),
    thresholds,
    notes: [...findingNotes(outcome, findings), ...runNotes(fold, findings)],
  };
}

/** How much a server was sent, and answered, is decided by the load: a part of it says nothing about the whole. */
function withoutShare(graded: GradedThreshold, partial: boolean): GradedThreshold {
  const decided = graded.grade === 'passed' || graded.grade === 'failed';
  if (!partial || !decided || (graded.unit !== '1/s' && graded.unit !== 'count')) return graded;
  return { ...graded, grade: 'inconclusive', reason: 'measured under a part of the load only' };
}

function checkConservation(fold: RunFold): void {
  // What a dead thread had in flight was started, and nobody can say how it ended.
  if (fold.end === null || fold.end.reason === 'thread-died') return;
  const counted = fold.tally(null).requests;
  if (counted !== fold.end.started || fold.started !== fold.end.started)
    throw bug(
      `The record says that ${fold.end.started} requests were started, but its seconds tell of ${fold.started} started and ${counted} ended.`,
    );
}

/** The first that applies, in the precedence of the exit codes: interrupted, invalid, failed, inconclusive, passed. */
function outcomeOf(fold: RunFold, thresholds: readonly GradedThreshold[], findings: readonly Finding[]): RunOutcome {
  const reason = fold.end?.reason ?? null;
  if (reason === 'interrupted' || reason === 'terminated') return 'interrupted';
  if (findings.some(({ invalidates }) => invalidates)) return 'invalid';
  const { requests, ok } = fold.tally(null);
  const graded = (grade: GradedThreshold['grade']): boolean =>
    thresholds.some((threshold) => threshold.grade === grade);
  const stopped = reason === 'nothing-succeeded' || reason === 'threshold-failed';
  const allFailed = requests > 0 && ok.count === 0;
  if (stopped || allFailed || noSession(fold)) return 'failed';
  // Limits hold for the whole load: what a part of it measured breaks none and keeps none.
  if (partialLoad(fold.header).length > 0) return 'inconclusive';
  if (graded('failed')) return 'failed';
  const decided = thresholds.length === 0 || thresholds.some((each) => each.grade === 'passed' && !isAside(each));
  return requests === 0 || reason === null || graded('inconclusive') || !decided ? 'inconclusive' : 'passed';
}

function exitCodeOf(outcome: RunOutcome, { end }: RunFold): ExitCode {
  return outcome === 'interrupted' && end?.reason === 'terminated' ? exitCodes.terminated : exitCodes[outcome];
}
