import { clockTime } from '../core/clock-time.ts';
import type { ComparedRun, RunFacts } from './compared-run.ts';
import type { Incomparable } from './comparison.ts';
import { factsIn, identityOf } from './run-facts.ts';
import { steadySpan } from './steady-span.ts';

/** What is compared: the runs of each side, at least one. */
export interface Sides {
  readonly baseline: readonly ComparedRun[];
  readonly candidate: readonly ComparedRun[];
}

/** Facts in which comparable runs are equal. Seeds are not among them: other seeds make runs independent, as they should be. */
const facts: readonly { readonly fact: keyof RunFacts; readonly what: string; readonly kind: Incomparable['kind'] }[] =
  [
    { fact: 'users', what: 'load', kind: 'refuse' },
    { fact: 'shape', what: 'course of the load', kind: 'refuse' },
    { fact: 'think', what: 'think time', kind: 'refuse' },
    { fact: 'mix', what: 'mix of requests', kind: 'refuse' },
    { fact: 'dialect', what: 'dialect', kind: 'refuse' },
    { fact: 'connections', what: 'connection policy', kind: 'refuse' },
    { fact: 'scenario', what: 'scenario', kind: 'warn' },
    { fact: 'runTime', what: 'length of the run', kind: 'warn' },
    { fact: 'history', what: 'history that follow-ups carry', kind: 'warn' },
    { fact: 'corpus', what: 'corpus', kind: 'warn' },
    { fact: 'timeout', what: 'timeout', kind: 'warn' },
    { fact: 'address', what: 'address of the server', kind: 'warn' },
    { fact: 'sqload', what: 'version of sqload', kind: 'warn' },
    { fact: 'node', what: 'version of Node', kind: 'warn' },
  ];

/**
 * In what the runs differ that makes their difference mean something else, those that refuse a comparison first. Runs of one side are
 * held against each other too. What is not known of a run is not held against it, but told.
 */
export function checkComparable({ baseline, candidate }: Sides): readonly Incomparable[] {
  const runs = [...baseline, ...candidate];
  const found = [
    ...facts.flatMap((each) => differing(each, baseline, candidate)),
    ...builtIn(runs),
    // A run that was given twice says the same twice.
    ...new Map(runs.flatMap(ofRun).map((each) => [each.sentence, each])).values(),
    ...sameRun(runs),
    ...unknown(runs),
  ];
  return [...found.filter(({ kind }) => kind === 'refuse'), ...found.filter(({ kind }) => kind === 'warn')];
}

function differing(
  { fact, what, kind }: (typeof facts)[number],
  baseline: readonly ComparedRun[],
  candidate: readonly ComparedRun[],
): Incomparable[] {
  const [a, b] = [valuesOf(baseline, fact), valuesOf(candidate, fact)];
  if (new Set([...a, ...b]).size < 2) return [];
  const sentence =
    a.length === 1 && b.length === 1 && a[0] !== b[0]
      ? `The ${what} differs: ${a[0]} in the baseline, ${b[0]} in the candidate.`
      : `The ${what} differs between the runs: ${[...new Set([...a, ...b])].join('; ')}.`;
  return [kind === 'warn' ? warning(what, sentence) : noPair(what, sentence)];
}

const noPair = (what: string, sentence: string): Incomparable => ({ kind: 'refuse', exitCode: 2, what, sentence });
const noNumbers = (what: string, sentence: string): Incomparable => ({ kind: 'refuse', exitCode: 3, what, sentence });
const warning = (what: string, sentence: string): Incomparable => ({ kind: 'warn', exitCode: null, what, sentence });

const valuesOf = (runs: readonly ComparedRun[], fact: keyof RunFacts): string[] => [
  ...new Set(runs.flatMap((run) => factsIn(run)[fact] ?? [])),
];

/** A server of one's own and the built-in one have nothing in common; two built-in ones may be what somebody tries out. */
function builtIn(runs: readonly ComparedRun[]): Incomparable[] {
  const servers = valuesOf(runs, 'builtIn');
  if (servers.length < 2) return [];
  return servers.includes('none')
    ? [noPair('server', 'Some of the runs were against the built-in server, others were not.')]
    : [warning('server', `The built-in server differs between the runs: ${servers.join('; ')}.`)];
}

function ofRun(run: ComparedRun): Incomparable[] {
  const named = `The run ${nameOf(run)}`;
  const found =
    run.outcome === 'invalid'
      ? [noNumbers('invalid run', `${named} is invalid: the load generator itself may have made its numbers.`)]
      : [];
  if (run.kind === 'figures') return found;
  const { header, end, seconds } = run.series;
  const what = 'steady window';
  if (header.profile.steady === null)
    return [...found, noPair(what, `${named} has no steady window, over which runs are compared.`)];
  const span = steadySpan(run.series);
  if (span === null)
    return [...found, noNumbers(what, `${named} ended before its steady window, over which runs are compared.`)];
  if (span.end >= header.profile.steady.end) return found;
  const [which, how] = end === null ? ['cut short', 'was cut short'] : ['stopped', 'was stopped'];
  const at = clockTime(end === null ? seconds.length : end.at / 1000);
  const counts = `only ${span.end - span.start} s of its steady window count`;
  return [...found, warning(which, `${named} ${how} at ${at}: ${counts}.`)];
}

/** What the user calls a run, with where it was read unless one is in the other. */
const nameOf = ({ label, path }: ComparedRun): string =>
  path.split(/[\\/]/).includes(label) ? path : label.startsWith(path) ? label : `${label} (${path})`;

function sameRun(runs: readonly ComparedRun[]): Incomparable[] {
  const seen = new Map<string, string>();
  for (const run of runs) {
    const name = nameOf(run);
    for (const [key, why] of keysOf(run)) {
      const other = seen.get(key);
      if (other === name) return [noPair('same run', `${name} was given twice: a run does not differ from itself.`)];
      if (other !== undefined) return [noPair('same run', `${other} and ${name} ${why}.`)];
      seen.set(key, name);
    }
  }
  return [];
}

/** What no two runs have in common, and what it says when two have. */
function keysOf(run: ComparedRun): readonly (readonly [string, string])[] {
  const identity = run.kind === 'series' ? identityOf(run.series.header) : run.identity;
  const known = identity === undefined ? [] : [[identity, 'are the same run'] as const];
  if (run.kind === 'series' || run.from !== 'stats.csv' || !run.figures.all.requests) return known;
  // Rates of many digits are among them.
  return [...known, [JSON.stringify(run.figures), 'have all figures in common: they are the same run'] as const];
}

function unknown(runs: readonly ComparedRun[]): Incomparable[] {
  const missing = facts.filter(
    ({ fact, kind }) => kind === 'refuse' && runs.some((run) => factsIn(run)[fact] === undefined),
  );
  if (missing.length === 0) return [];
  const known = missing.map(({ what }) => what).join(', ');
  return [
    warning(
      'not known',
      `Of some runs only figures are known, so that nobody can check whether these are the same: ${known}.`,
    ),
  ];
}
