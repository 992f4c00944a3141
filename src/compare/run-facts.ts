import { formatDuration } from '../core/duration.ts';
import { counted } from '../core/format.ts';
import { seconds } from '../core/units.ts';
import type { RecordHeader } from '../record/record.ts';
import type { LoadProfile } from '../workload/load-profile.ts';
import type { ComparedRun, RunFacts } from './compared-run.ts';

/** What is known of how a run was made. */
export const factsIn = (run: ComparedRun): Partial<RunFacts> =>
  run.kind === 'series' ? factsOf(run.series.header) : run.facts;

/** The same for two records of one run, as when one is a copy. */
export const identityOf = ({ startedAt, seed, slices }: RecordHeader): string =>
  JSON.stringify([startedAt, seed, slices]);

/** How a run was made, as its record tells. */
export function factsOf(header: RecordHeader): RunFacts {
  const { profile, load, settings, slices, target } = header;
  const setting = (name: string): string => settings[name]?.value ?? 'default';
  return {
    scenario: header.scenario,
    users: usersOf(profile) + partOf(slices),
    shape: shapeOf(profile),
    think:
      load.thinkMin === load.thinkMax
        ? formatDuration(load.thinkMin)
        : `${formatDuration(load.thinkMin)} to ${formatDuration(load.thinkMax)}`,
    mix: mixOf(header),
    history: setting('history'),
    corpus: setting('corpus'),
    dialect: setting('dialect'),
    connections: ['connections', 'keep-alive', 'tls-resumption', 'no-stale-retry']
      .filter((name) => settings[name] !== undefined)
      .map((name) => `${name} ${setting(name)}`)
      .join(', '),
    timeout: formatDuration(load.timeout),
    builtIn: target.builtIn ?? 'none',
    address: target.builtIn === null ? target.address : '',
    runTime: formatDuration(seconds(profile.seconds)),
    seed: header.seed,
    sqload: header.sqload,
    node: header.node,
  };
}

/**
 * The weights as they were asked for, as shares: what is expected of each row depends on the length of the run too, since a user begins
 * without a conversation.
 */
function mixOf({ rows, settings }: RecordHeader): string {
  const mix = settings['mix']?.value;
  if (mix === undefined) return rows.map(({ id }) => id).join(', ');
  const weights = mix
    .split(',')
    .map((part): readonly [string, number] => [part.split('=')[0] ?? '', Number(part.split('=')[1])])
    .filter(([, weight]) => weight > 0);
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  return weights.map(([id, weight]) => `${id} ${((weight / total) * 100).toFixed(1)} %`).join(', ');
}

function usersOf({ peak, arrivals }: LoadProfile): string {
  const users = peak > 0 ? [counted(peak, 'user')] : [];
  const open =
    arrivals === null ? [] : [`${arrivals.peak}/s (${arrivals.process}, at most ${arrivals.limit} at a time)`];
  return [...users, ...open].join(' and ');
}

function partOf({ count, parts }: RecordHeader['slices']): string {
  return parts.length === count ? '' : `, slice ${parts.map(({ index }) => index + 1).join(' and ')} of ${count} only`;
}

/** The levels that the load goes through: their lengths may differ, which `runTime` tells. */
function shapeOf({ points, arrivals, peak }: LoadProfile): string {
  const levels = (values: readonly number[]): string => values.map((value) => Number(value.toFixed(3))).join(' → ');
  const closed = peak > 0 ? [`${levels(points.map(({ users }) => users))} users`] : [];
  const open = arrivals === null ? [] : [`${levels(arrivals.points.map(({ rate }) => rate))} conversations/s`];
  return [...closed, ...open].join(' and ');
}
