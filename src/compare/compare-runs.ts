import { usageError } from '../core/errors.ts';
import { type Random, seededRandom } from '../core/random.ts';
import { medianOf } from '../statistics/median.ts';
import { blockTest } from './block-test.ts';
import { checkComparable, type Sides } from './comparable.ts';
import type { ComparedRun, RunFigures, SeriesRun } from './compared-run.ts';
import type {
  ComparedGroup,
  ComparedMetric,
  ComparedSide,
  CompareMethod,
  CompareOptions,
  Comparison,
} from './comparison.ts';
import { countTest } from './count-test.ts';
import { notesOf } from './notes.ts';
import { outcomeCodes, outcomeOf } from './outcome.ts';
import { type Basis, figuresOf, ownBasis, spanOf } from './run-figures.ts';
import { predictionTest, rankedTest, runMethod } from './run-test.ts';
import { sentenceOf } from './sentence.ts';
import { notInAll, type Subject, subjectsOf } from './subject.ts';
import { plainDifference, type Test, untested } from './tested.ts';
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
  const { method, test } = chooseTest(sides, figures, seededRandom(options.seed));
  const results = subjects.map((subject): Result => {
    const values = { baseline: valuesOf(subject, figures.baseline), candidate: valuesOf(subject, figures.candidate) };
    return {
      subject,
      baseline: middleOf(values.baseline),
      candidate: middleOf(values.candidate),
      test: test(subject, values),
    };
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

/** The values of the runs; null stands for a run that did not measure it. */
interface Values {
  readonly baseline: readonly (number | null)[];
  readonly candidate: readonly (number | null)[];
}

/** Of each run, in the order of the sides. */
interface SideFigures {
  readonly baseline: readonly RunFigures[];
  readonly candidate: readonly RunFigures[];
}

interface Chosen {
  readonly method: CompareMethod;
  readonly test: (subject: Subject, values: Values) => Test;
}

function chooseTest({ baseline, candidate }: Sides, figures: SideFigures, random: Random): Chosen {
  const [a, b] = [baseline[0], candidate[0]];
  const [ofA, ofB] = [figures.baseline[0], figures.candidate[0]];
  if (baseline.length === 1 && candidate.length === 1 && a && b && ofA && ofB)
    return a.kind === 'series' && b.kind === 'series'
      ? ofRecords(a, b, random)
      : { method: 'counts', test: (subject) => countTest(subject, { baseline: ofA, candidate: ofB }) };
  const method = runMethod(baseline.length, candidate.length);
  const plain = (values: Values) => plainDifference(middleOf(values.baseline), middleOf(values.candidate));
  if (method !== 'ranks' && method !== 'prediction')
    return { method: 'none', test: (_, values) => untested(plain(values), method) };
  return {
    method,
    test: (_, values) => {
      const [of, to] = [values.baseline.flatMap((v) => v ?? []), values.candidate.flatMap((v) => v ?? [])];
      if (of.length < values.baseline.length || to.length < values.candidate.length)
        return untested(plain(values), 'not measured in all runs');
      return method === 'ranks' ? rankedTest(of, to) : predictionTest(of, to);
    },
  };
}

function ofRecords(baseline: SeriesRun, candidate: SeriesRun, random: Random): Chosen {
  const [a, b] = [new TimedRun(baseline.series), new TimedRun(candidate.series)];
  return {
    method: 'blocks',
    test: (subject, values) =>
      blockTest(
        subject,
        {
          baseline: { run: a, value: values.baseline[0] ?? null },
          candidate: { run: b, value: values.candidate[0] ?? null },
        },
        random.fork(`${subject.group.kind} ${subject.group.id}`).fork(subject.metric),
      ),
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

const valuesOf = ({ valueIn }: Subject, runs: readonly RunFigures[]): readonly (number | null)[] => runs.map(valueIn);

function middleOf(values: readonly (number | null)[]): number | null {
  const known = values.flatMap((value) => value ?? []);
  return known.length === 0 ? null : medianOf(known);
}

function refuseUnknown(subjects: readonly Subject[], { failOn }: CompareOptions): void {
  for (const limit of failOn) {
    if (subjects.some(({ group, metric }) => isOf(limit, group, metric))) continue;
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
