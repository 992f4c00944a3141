import { formatDuration } from '../core/duration.ts';
import { formatCount, formatRate } from '../core/format.ts';
import { type Millis, millis } from '../core/units.ts';
import { endOf, type LoadProfile, rateAt, usersAt } from '../workload/load-profile.ts';

const columns = 60;
const rows = 8;
const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Users over the time of the run, 60 columns by 8 lines of eighths, with both axes labelled. Lines without an end. */
export function usersChart(profile: LoadProfile): string[] {
  const { peak } = profile;
  const middle = peak % 2 === 0 ? formatCount(peak / 2) : '';
  return chart(profile, { unit: 'users', peak, labels: [formatCount(peak), middle], at: (at) => usersAt(profile, at) });
}

/** Conversations that begin per second over the time of the run, drawn like the users. */
export function arrivalsChart(profile: LoadProfile): string[] {
  const peak = profile.arrivals?.peak ?? 0;
  const label = (rate: number): string => formatRate(rate).replace('/s', '');
  return chart(profile, {
    unit: 'per s',
    peak,
    labels: [label(peak), label(peak / 2)],
    at: (at) => rateAt(profile, at),
  });
}

/** A level over the time of the run; `labels` are those of its peak and of half of it, empty for none. */
interface Curve {
  readonly unit: string;
  readonly peak: number;
  readonly labels: readonly [string, string];
  at(at: Millis): number;
}

function chart(profile: LoadProfile, curve: Curve): string[] {
  const bars = Array.from({ length: columns }, (_, i) => barOf(profile, curve, i));
  const [top, middle] = curve.labels;
  const gutter = Math.max(top.length, middle.length, 'users'.length);
  const lines = Array.from({ length: rows }, (_, i) => {
    const below = (rows - 1 - i) * 8;
    const label = i === 0 ? top : i === rows / 2 ? middle : '';
    const cells = bars.map((height) => eighths[Math.min(8, Math.max(0, height - below))] ?? ' ').join('');
    return `${label.padStart(gutter)} ${label === '' ? '│' : '┤'}${cells}`.trimEnd();
  });
  const indent = ' '.repeat(gutter + 2);
  return [
    curve.unit.padStart(gutter),
    ...lines,
    `${'0'.padStart(gutter)} └${'─'.repeat(columns)}`,
    indent + timeAxis(profile),
  ];
}

/** Height of one column in eighths of a line, in the middle of its time; any load at all is seen. */
function barOf(profile: LoadProfile, { peak, at }: Curve, column: number): number {
  const step = endOf(profile) / columns;
  const level = at(millis((column + 0.5) * step));
  return level <= 0 ? 0 : Math.max(1, Math.round((level / peak) * rows * 8));
}

/** Marks at the quarters of the run that fall on whole seconds. */
function timeAxis(profile: LoadProfile): string {
  const axis = new Array<string>(columns + 12).fill(' ');
  for (const quarter of [0, 1, 2, 3, 4]) {
    const second = (profile.seconds * quarter) / 4;
    if (!Number.isInteger(second)) continue;
    const label = formatDuration(millis(second * 1000));
    const left = quarter === 0 ? 0 : Math.round((columns * quarter) / 4 - label.length / 2);
    for (const [i, char] of [...label].entries()) axis[left + i] = char;
  }
  return axis.join('').trimEnd();
}
