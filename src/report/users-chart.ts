import { formatDuration } from '../core/duration.ts';
import { formatCount } from '../core/format.ts';
import { millis } from '../core/units.ts';
import { endOf, type LoadProfile, usersAt } from '../workload/load-profile.ts';

const columns = 60;
const rows = 8;
const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Users over the time of the run, 60 columns by 8 lines of eighths, with both axes labelled. Lines without an end. */
export function usersChart(profile: LoadProfile): string[] {
  const bars = Array.from({ length: columns }, (_, i) => barOf(profile, i));
  const top = formatCount(profile.peak);
  const middle = profile.peak >= 2 ? formatCount(profile.peak / 2) : '';
  const gutter = Math.max(top.length, 'users'.length);
  const lines = Array.from({ length: rows }, (_, i) => {
    const below = (rows - 1 - i) * 8;
    const label = i === 0 ? top : i === rows / 2 && profile.peak % 2 === 0 ? middle : '';
    const cells = bars.map((height) => eighths[Math.min(8, Math.max(0, height - below))] ?? ' ').join('');
    return `${label.padStart(gutter)} ${label === '' ? '│' : '┤'}${cells}`.trimEnd();
  });
  const indent = ' '.repeat(gutter + 2);
  return [
    'users'.padStart(gutter),
    ...lines,
    `${'0'.padStart(gutter)} └${'─'.repeat(columns)}`,
    indent + timeAxis(profile),
  ];
}

/** Height of one column in eighths of a line, of the most users within it; any users at all are seen. */
function barOf(profile: LoadProfile, column: number): number {
  const step = endOf(profile) / columns;
  const users = usersAt(profile, millis((column + 0.5) * step));
  return users <= 0 ? 0 : Math.max(1, Math.round((users / profile.peak) * rows * 8));
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
