import { formatDuration } from '../core/duration.ts';
import { millis, seconds } from '../core/units.ts';
import { parseUtc } from '../core/utc.ts';
import { absentSlices } from '../record/merge-headers.ts';
import type { RecordHeader, RecordSlices } from '../record/record.ts';

/** Slices that begin further apart than by this share of the steady window (of the run without one) are not one load. */
const apartShare = 0.1;

/** Whether the record lacks slices of its run. The plan of a run, of which nothing is recorded yet, lacks none. */
export const lacksSlices = ({ count, parts }: RecordSlices): boolean => count > 1 && parts.length < count;

/** Why a record does not tell of the whole load that was asked for, a clause each: none when it does. */
export function partialLoad(header: RecordHeader): readonly string[] {
  const { slices } = header;
  return [...(lacksSlices(slices) ? [missingSlices(slices)] : []), ...cutSlices(slices), ...staggered(header)];
}

/** Why what adds up over all slices (throughput, counts) is not graded by a part of them. */
export function mergeFirst({ count, parts }: RecordSlices): string {
  const [only] = parts;
  return parts.length === 1 && only
    ? `this is slice ${only.index + 1}/${count} of a run: merge the records first`
    : `these are ${parts.length} of the ${count} slices of a run: merge the records of all of them first`;
}

/** `this is slice 2/8 of a run: merge …`, or which slices are missing after a merge; slices are counted from 1. */
function missingSlices(slices: RecordSlices): string {
  const { count, parts } = slices;
  const name = (index: number): string => `${index + 1}/${count}`;
  const [only] = parts;
  if (parts.length === 1 && only)
    return `this is slice ${name(only.index)} of a run: merge the records of all slices with sqload merge`;
  const missing = absentSlices(slices);
  const shown = missing.slice(0, slicesShown).map(name);
  const rest = missing.length - shown.length;
  const last = rest > 0 ? `${rest} more` : (shown.pop() ?? '');
  const names = shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
  return missing.length === 1
    ? `slice ${names} of the run is missing: merge its record too`
    : `slices ${names} of the run are missing: merge their records too`;
}

/** `slice 2/3 breaks off after 3s`, for each slice whose record was cut short before it was merged. */
export function cutSlices({ count, parts }: RecordSlices): readonly string[] {
  const cut = parts.flatMap(({ index, cutAfter }) =>
    cutAfter === undefined ? [] : [`slice ${index + 1}/${count} breaks off after ${formatDuration(seconds(cutAfter))}`],
  );
  const more = cut.length - slicesShown;
  return more > 0 ? [...cut.slice(0, slicesShown), `${more} more break off`] : cut;
}

/** Slices that did not run together: those that began first and last. */
function staggered({ slices: { count, parts }, profile }: RecordHeader): readonly string[] {
  const starts = parts
    .map(({ index, startedAt }) => ({ name: `slice ${index + 1}/${count}`, at: parseUtc(startedAt) }))
    .sort((a, b) => a.at - b.at);
  const [first, last] = [starts[0], starts.at(-1)];
  if (!first || !last) return [];
  const window = 1000 * (profile.steady === null ? profile.seconds : profile.steady.end - profile.steady.start);
  const spread = last.at - first.at;
  if (spread <= window * apartShare) return [];
  const together =
    spread >= window
      ? 'the whole load never stood at its target'
      : `the whole load stood together for ${formatDuration(millis(window - spread))} of ${formatDuration(millis(window))} only`;
  return [`${last.name} began ${formatDuration(millis(spread))} after ${first.name}: ${together}`];
}

/** More slices than this are told by their number only. */
const slicesShown = 6;
