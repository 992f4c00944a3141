import { formatDuration } from '../core/duration.ts';
import { formatCount, formatMillis } from '../core/format.ts';
import { seconds } from '../core/units.ts';
import { parseUtc } from '../core/utc.ts';
import type { RunFold } from '../record/fold.ts';
import { bothCounts } from './both-counts.ts';
import { climbNotes } from './climb-notes.ts';
import { hookNotes } from './hook-notes.ts';
import { cutSlices } from './partial-run.ts';
import type { Finding } from './self-check.ts';
import type { RunOutcome } from './verdict.ts';

/** From this 99th percentile on, in ms, the generator's own delay is told: it begins to show in response times. */
const worthTelling = 10;

/** Slices of a run that begin within this time, in ms, are taken to have begun together. */
const togetherWithin = 1000;

/** What the self-check found, as far as the last line of the report does not say it, and what to do about it. */
export function findingNotes(outcome: RunOutcome, findings: readonly Finding[]): readonly string[] {
  const invalidating = findings.filter(({ invalidates }) => invalidates);
  const untold = outcome === 'invalid' ? invalidating.slice(1) : invalidating;
  const allowed = findings.filter(({ kind, invalidates }) => kind !== 'note' && !invalidates);
  const notes = findings.filter(({ kind }) => kind === 'note');
  const remedies = new Set(invalidating.map(({ remedy }) => remedy).filter((remedy) => remedy !== ''));
  return [
    ...untold.map(({ what }) => asSentence(what)),
    ...remedies,
    ...allowed.map(({ kind, what }) => asSentence(`warning, allowed by ${allowedBy(kind)}: ${what}`)),
    ...notes.map(({ what }) => asSentence(what)),
  ];
}

const allowedBy = (kind: Finding['kind']): string => (kind === 'dropped' ? '--allow-dropped' : '--allow-saturated');
const asSentence = (clause: string): string => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;

/** What a reader should know about a run beside its thresholds and what the self-check found; most important first. */
export function runNotes(fold: RunFold, findings: readonly Finding[]): readonly string[] {
  const found = (kind: Finding['kind']): boolean => findings.some((finding) => finding.kind === kind);
  return [
    ...incomplete(fold),
    ...climbNotes(fold),
    ...apart(fold),
    ...(found('generator-errors') ? [] : generatorErrors(fold)),
    ...(found('late') ? [] : late(fold)),
    ...sessionsLost(fold),
    ...unfinished(fold),
    ...retried(fold),
    ...hookNotes(fold),
    ...bothCounts(fold),
    ...builtIn(fold),
  ];
}

function incomplete({ end, header, seconds: told, steadySeconds }: RunFold): string[] {
  const { steady } = header.profile;
  const planned = formatDuration(seconds(header.profile.seconds));
  const after = formatDuration(seconds(told));
  const cut = cutSlices(header.slices);
  if (cut.length > 0)
    return [asSentence(`${cut.join('; ')}: nothing is counted of ${cut.length === 1 ? 'it' : 'them'} from there on`)];
  if (end === null)
    return [`The record was cut short: it ends after ${after} of ${planned}, and everything is counted up to there.`];
  if (end.reason === 'completed' || steady === null || end.at >= steady.end * 1000) return [];
  if (steadySeconds === 0) return ['The run ended before its steady window began.'];
  const graded = formatDuration(seconds(steadySeconds));
  const whole = formatDuration(seconds(steady.end - steady.start));
  return [`The run ended within its steady window: thresholds are graded over ${graded} of ${whole}.`];
}

/** The slices of one run that began at different times did not make the load together that was asked for. */
function apart({ header }: RunFold): string[] {
  const { parts } = header.slices;
  const starts = parts.map(({ startedAt }) => parseUtc(startedAt));
  const spread = Math.max(...starts) - Math.min(...starts);
  if (parts.length < 2 || spread <= togetherWithin) return [];
  return [
    `The slices began ${formatMillis(spread)} apart, and so the load was not the sum of them at every time: start them together with --start-at.`,
  ];
}

function countOf(fold: RunFold, kind: string): number {
  return fold.tally(null).failures.reduce((sum, [failure, , count]) => (failure === kind ? sum + count : sum), 0);
}

function generatorErrors(fold: RunFold): string[] {
  const count = countOf(fold, 'generator-error');
  if (count === 0) return [];
  return [
    `${requests(count)} failed through sqload itself (generator-error) and not through the server: please report it.`,
  ];
}

function late({ lateness }: RunFold): string[] {
  const p99 = (lateness.percentile(0.99) ?? 0) / 1000;
  if (p99 < worthTelling) return [];
  return [
    `sqload itself was late: 1 % of the requests left ${formatMillis(p99)} or more after they were due, which is part of their response times.`,
  ];
}

function sessionsLost({ sessionsLost: count }: RunFold): string[] {
  if (count === 0) return [];
  const [sessions, were] = count === 1 ? ['session', 'was'] : ['sessions', 'were'];
  return [
    `${formatCount(count)} ${sessions} ${were} lost and set up again; the requests that found it out count as failed.`,
  ];
}

function unfinished(fold: RunFold): string[] {
  const count = countOf(fold, 'unfinished');
  if (count === 0) return [];
  const [are, they] = count === 1 ? ['was', 'it counts'] : ['were', 'they count'];
  return [`${requests(count)} ${are} still without a reply when the run ended: ${they} as failed.`];
}

function retried({ connections }: RunFold): string[] {
  if (connections.retried === 0) return [];
  const was = connections.retried === 1 ? 'was' : 'were';
  return [
    `${requests(connections.retried)} ${was} sent twice, since the server closed the reused connection just as the first attempt left.`,
  ];
}

function builtIn({ header }: RunFold): string[] {
  if (header.target.builtIn === null) return [];
  return [
    'Replies of the built-in reference server say nothing about a server of your own: give its address with --host to test that one.',
  ];
}

const requests = (count: number): string => `${formatCount(count)} ${count === 1 ? 'request' : 'requests'}`;
