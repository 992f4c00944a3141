import type { RecordSlices } from '../record/record.ts';

/** Whether a record tells of some slices of a run only. */
export const isPartial = ({ count, parts }: RecordSlices): boolean => parts.length < count;

/** Why what adds up over all slices (throughput, counts) is not graded by a part of them. */
export function mergeFirst({ count, parts }: RecordSlices): string {
  const [only] = parts;
  return parts.length === 1 && only
    ? `this is slice ${only.index + 1}/${count} of a run: merge the records first`
    : `these are ${parts.length} of the ${count} slices of a run: merge the records of all of them first`;
}

/** `this is slice 2/8 of a run: merge …`, or which slices are missing after a merge; slices are counted from 1. */
export function partialRun({ count, parts }: RecordSlices): string {
  const there = new Set(parts.map(({ index }) => index));
  const name = (index: number): string => `${index + 1}/${count}`;
  const [only] = parts;
  if (parts.length === 1 && only)
    return `this is slice ${name(only.index)} of a run: merge the records of all slices with sqload merge`;
  const missing = Array.from({ length: count }, (_, index) => index).filter((index) => !there.has(index));
  const shown = missing.slice(0, slicesShown).map(name);
  const rest = missing.length - shown.length;
  const last = rest > 0 ? `${rest} more` : (shown.pop() ?? '');
  const names = shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
  return missing.length === 1
    ? `slice ${names} of the run is missing: merge its record too`
    : `slices ${names} of the run are missing: merge their records too`;
}

/** More missing slices than this are told by their number only. */
const slicesShown = 6;
