import { formatCount } from '../core/format.ts';
import type { RunFigures } from './compared-run.ts';
import { countsTest } from './counts-test.ts';
import type { Subject } from './subject.ts';
import { plainDifference, type Test, untested } from './tested.ts';

/** The figures of one run a side. */
export interface FiguresPair {
  readonly baseline: RunFigures;
  readonly candidate: RunFigures;
}

/**
 * What figures of one run a side can tell: the error rate, whose counts say how far chance takes it where each request fails by itself. An
 * outage is one event of many failures, so that this is certain too often; only a record tells when they came.
 */
export function figuresPairTest(subject: Subject, { baseline, candidate }: FiguresPair): Test {
  const difference = plainDifference(subject.valueIn(baseline), subject.valueIn(candidate));
  if (subject.metric !== 'error_rate')
    return untested(
      difference,
      'figures alone do not tell how much they vary: give the records, or at least 4 runs on one side',
    );
  const [a, b] = [subject.countsIn(baseline), subject.countsIn(candidate)];
  if (a === null || b === null) return untested(difference, 'not measured in both runs');
  const fewest = Math.min(a.requests, b.requests);
  if (fewest < subject.least)
    return untested(
      difference,
      `${formatCount(fewest)} requests in one run, and it takes ${formatCount(subject.least)}`,
    );
  return countsTest({ baseline: [a], candidate: [b] }).test;
}
