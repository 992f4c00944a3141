import type { CourseSecond } from './load-course.ts';

/** A stretch of a climb, or a stand, whose requests are judged together. */
export interface LoadLevel {
  /** Load at its start and at its end; equal where it stands. */
  readonly from: number;
  readonly to: number;
  /** The first second, and the one after the last. */
  readonly start: number;
  readonly end: number;
}

/**
 * Divides a course into levels of ascending load. A stand is a level of its own; a climb between two of them is cut into
 * levels of at least `least` of whatever `countOf` counts in a second. A climb that has fewer in all is left out.
 */
export function loadLevels(
  seconds: readonly CourseSecond[],
  countOf: (second: number) => number,
  least: number,
): readonly LoadLevel[] {
  const levels: LoadLevel[] = [];
  for (const stretch of stretches(seconds)) {
    const [first, last] = [stretch[0], stretch.at(-1)];
    if (!first || !last || first.state === 'settling') continue;
    if (first.state === 'hold') levels.push(levelOf(first, last));
    else levels.push(...cut(stretch, countOf, least));
  }
  return levels;
}

const levelOf = (first: CourseSecond, last: CourseSecond): LoadLevel => ({
  from: first.from,
  to: last.to,
  start: first.second,
  end: last.second + 1,
});

/** Neighbours of one state; a stand ends where the load changes. */
function stretches(seconds: readonly CourseSecond[]): CourseSecond[][] {
  const found: CourseSecond[][] = [];
  for (const second of seconds) {
    const stretch = found.at(-1);
    const before = stretch?.at(-1);
    if (!stretch || before?.state !== second.state || (second.state !== 'climb' && before.to !== second.from))
      found.push([second]);
    else stretch.push(second);
  }
  return found;
}

function cut(climb: readonly CourseSecond[], countOf: (second: number) => number, least: number): LoadLevel[] {
  const levels: LoadLevel[] = [];
  let first: CourseSecond | undefined;
  let count = 0;
  for (const second of climb) {
    first ??= second;
    count += countOf(second.second);
    if (count < least) continue;
    levels.push(levelOf(first, second));
    first = undefined;
    count = 0;
  }
  // What is left over at the top belongs to the last level.
  const [last, top] = [levels.pop(), climb.at(-1)];
  if (last && top) levels.push({ ...last, to: top.to, end: top.second + 1 });
  return levels;
}
