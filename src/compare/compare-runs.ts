import { usageError } from '../core/errors.ts';
import { type Random, seededRandom } from '../core/random.ts';
import { medianOf } from '../statistics/median.ts';
import { isOfHooks } from '../verdict/custom-metric.ts';
import { sessionRow } from '../verdict/threshold.ts';
import { blockTest, togetherIn } from './block-test.ts';
import { checkComparable, type Sides } from './comparable.ts';
import type { ComparedRun, RunFigures } from './compared-run.ts';
import type {
  ComparedGroup,
  ComparedMetric,
  ComparedSide,
  CompareMethod,
  CompareOptions,
  Comparison,
} from './comparison.ts';
import { countsTest } from './counts-test.ts';
import { figuresPairTest } from './figures-pair-test.ts';
import { notesOf } from './notes.ts';
import { outcomeCodes, outcomeOf } from './outcome.ts';
import { type Basis, figuresOf, ownBasis, spanOf } from './run-figures.ts';
import { noSurerThan, predictionTest, rankedTest, runMethod } from './run-test.ts';
import { sentenceOf } from './sentence.ts';
import { isSeries, notInAll, type Subject, subjectsOf } from './subject.ts';
import { plainDifference, type TestedSides, untested } from './tested.ts';
import { TimedRun } from './timed-run.ts';
import { isOf, type Result, weigh } from './weigh.ts';

/**
 * Compares the candidate with the baseline, metric by metric. One run a side with its record: blocks of time are resampled. Several
 * runs a side: each is one value. One a side of which only figures are known: the counts of failures are tested. Whether the runs may be compared at all is in `differences`; it is computed all the same.
 * @throws SqloadError (usage) for a limit of one's own on a row or monitor that the runs do not have in common.
 * @throws RangeError when a side has no run.
 */
export function compareRuns(sides: Sides, options: CompareOptions): Comparison {
  const { baseline, candidate } = sides;
  if (baseline.length === 0 || candidate.length === 0) throw new RangeError('each side of a comparison needs a run');
  const basis = basisOf([...baseline, ...candidate]);
  const figures = {
    baseline: baseline.map((run) => figuresIn(run, basis)),
    candidate: candidate.map((run) => figuresIn(run, basis)),
  };
  const subjects = subjectsOf([...figures.baseline, ...figures.candidate]);
  refuseUnknown(subjects, options);
  const { method, test } = chooseTest(sides, seededRandom(options.seed));
  const results = subjects.map((subject): Result => {
    return { subject, ...test(subject, figures) };
  });
  const metrics = weigh(results, options);
  const groups = grouped(subjects, metrics);
  const outcome = outcomeOf(metrics);
  const notes = [
    ...notesOf(sides, { method, basis, metrics }),
    ...notInAll([...figures.baseline, ...figures.candidate]),
  ];
  return {
    outcome,
    exitCode: outcomeCodes[outcome],
    sentence: sentenceOf(outcome, groups),
    method,
    baseline: sideOf(baseline, figures.baseline, basis),
    candidate: sideOf(candidate, figures.candidate, basis),
    groups,
    differences: checkComparable(sides),
    notes,
  };
}

interface Chosen {
  readonly method: CompareMethod;
  readonly test: (subject: Subject, figures: SideFigures) => TestedSides;
}

interface SideFigures {
  readonly baseline: readonly RunFigures[];
  readonly candidate: readonly RunFigures[];
}

function chooseTest({ baseline, candidate }: Sides, random: Random): Chosen {
  const [a, b] = [baseline[0], candidate[0]];
  if (baseline.length === 1 && candidate.length === 1 && a !== undefined && b !== undefined)
    return ofPair(a, b, random);
  const method = runMethod(baseline.length, candidate.length);
  if (method !== 'ranks' && method !== 'prediction')
    return { method: 'none', test: (subject, figures) => valuesOnly(subject, figures, method) };
  const timed = [...baseline, ...candidate].filter(isSeries).map(({ series }) => new TimedRun(series));
  const together = (subject: Subject): number =>
    togetherIn(subject, timed, random.fork(`${subject.group.kind} ${subject.group.id}`));
  return { method, test: (subject, figures) => severalRuns(method, { subject, figures, together }) };
}

/** Both values, and why no test is possible. */
function valuesOnly({ valueIn }: Subject, figures: SideFigures, reason: string): TestedSides {
  const [a, b] = [middleOf(figures.baseline.map(valueIn)), middleOf(figures.candidate.map(valueIn))];
  return { baseline: a, candidate: b, test: untested(plainDifference(a, b), reason) };
}

interface Several {
  readonly subject: Subject;
  readonly figures: SideFigures;
  readonly together: (subject: Subject) => number;
}

function severalRuns(method: 'ranks' | 'prediction', { subject, figures, together }: Several): TestedSides {
  const { baseline, candidate } = figures;
  const of = baseline.flatMap((run) => subject.valueIn(run) ?? []);
  const to = candidate.flatMap((run) => subject.valueIn(run) ?? []);
  if (of.length < baseline.length || to.length < candidate.length)
    return valuesOnly(subject, figures, 'not measured in all runs');
  const counts = {
    baseline: baseline.flatMap((run) => subject.countsIn(run) ?? []),
    candidate: candidate.flatMap((run) => subject.countsIn(run) ?? []),
  };
  const counted = counts.baseline.length === of.length && counts.candidate.length === to.length;
  // One against several knows of an outage only from within; of several a side, their ranks do.
  if (method === 'prediction') return counted ? countsTest(counts, together(subject)) : predictionTest(of, to);
  return counted ? noSurerThan(countsTest(counts), rankedTest(of, to)) : rankedTest(of, to);
}

function figuresOfBoth(subject: Subject, { baseline: [a], candidate: [b] }: SideFigures): TestedSides {
  if (a === undefined || b === undefined) throw new RangeError('each side of a comparison needs a run');
  return {
    baseline: subject.valueIn(a),
    candidate: subject.valueIn(b),
    test: figuresPairTest(subject, { baseline: a, candidate: b }),
  };
}

function ofPair(baseline: ComparedRun, candidate: ComparedRun, random: Random): Chosen {
  if (baseline.kind === 'figures' || candidate.kind === 'figures') return { method: 'counts', test: figuresOfBoth };
  const [a, b] = [new TimedRun(baseline.series), new TimedRun(candidate.series)];
  return {
    method: 'blocks',
    test: (subject, figures) => {
      const [of, to] = [
        figures.baseline.map(subject.valueIn)[0] ?? null,
        figures.candidate.map(subject.valueIn)[0] ?? null,
      ];
      const pair = { baseline: { run: a, value: of }, candidate: { run: b, value: to } };
      const own = random.fork(`${subject.group.kind} ${subject.group.id}`).fork(subject.metric);
      return { baseline: of, candidate: to, test: blockTest(subject, pair, own) };
    },
  };
}

/** Figures of a stats.csv are of the whole run; a record that is held against one is then read alike. */
const basisOf = (runs: readonly ComparedRun[]): Basis => ({
  over: runs.some((run) => run.kind === 'figures' && run.figures.over === 'run') ? 'run' : ownBasis.over,
  percentiles: runs.some((run) => run.kind === 'figures' && run.figures.percentiles === 'measured')
    ? 'measured'
    : ownBasis.percentiles,
});

const figuresIn = (run: ComparedRun, basis: Basis): RunFigures =>
  run.kind === 'figures' ? run.figures : figuresOf(run.series, basis);

function middleOf(values: readonly (number | null)[]): number | null {
  const known = values.flatMap((value) => value ?? []);
  return known.length === 0 ? null : medianOf(known);
}

function refuseUnknown(subjects: readonly Subject[], { failOn }: CompareOptions): void {
  for (const limit of failOn) {
    if (subjects.some(({ group, metric }) => isOf(limit, group, metric))) continue;
    if (limit.row === sessionRow.id || isOfHooks(limit))
      throw usageError(
        `--fail-on "${limit.text}": set-ups of sessions and what hooks measure are not compared.`,
        'Limit requests, connect or a monitor; a --threshold of each run limits the others.',
      );
    const ids = [...new Set(subjects.flatMap(({ group }) => (group.kind === 'all' ? [] : [group.id])))];
    throw usageError(
      `--fail-on "${limit.text}" limits what the runs do not have in common.`,
      `They have ${ids.length === 0 ? 'no rows' : ids.join(', ')}; cpu, memory and cpu_per_request belong to monitors, the others to rows, connect to all of them.`,
    );
  }
}

function grouped(subjects: readonly Subject[], metrics: readonly ComparedMetric[]): readonly ComparedGroup[] {
  const groups = new Map<string, { readonly group: Subject['group']; readonly metrics: ComparedMetric[] }>();
  subjects.forEach(({ group }, index) => {
    const key = `${group.kind} ${group.id}`;
    const entry = groups.get(key) ?? { group, metrics: [] };
    groups.set(key, entry);
    const metric = metrics[index];
    if (metric !== undefined) entry.metrics.push(metric);
  });
  return [...groups.values()].map(({ group, metrics: of }) => ({ ...group, metrics: of }));
}

function sideOf(runs: readonly ComparedRun[], figures: readonly RunFigures[], basis: Basis): ComparedSide {
  const [first] = runs;
  const requests = figures.map(({ all }) => all.requests);
  return {
    runs: runs.map(({ label, path }) => ({ label, path })),
    window: first?.kind === 'series' ? spanOf(first.series, basis) : null,
    requests: requests.includes(null) ? null : requests.reduce<number>((sum, count) => sum + (count ?? 0), 0),
  };
}
