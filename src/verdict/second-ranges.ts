import { clockTime } from '../core/clock-time.ts';

/** More ranges than this are told by their number only. */
const rangesShown = 5;

/** Seconds of a run, ascending, as people read them: `0:14–0:17, 2:03`, at most five ranges, then `and 3 more`. */
export function secondRanges(seconds: readonly number[]): string {
  const ranges: { first: number; last: number }[] = [];
  for (const second of seconds) {
    const open = ranges.at(-1);
    if (open && second <= open.last + 1) open.last = second;
    else ranges.push({ first: second, last: second });
  }
  const shown = ranges
    .slice(0, rangesShown)
    .map(({ first, last }) => (first === last ? clockTime(first) : `${clockTime(first)}–${clockTime(last)}`));
  const rest = ranges.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
