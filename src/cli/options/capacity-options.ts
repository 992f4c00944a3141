import { formatDuration } from '../../core/duration.ts';
import { formatPercent } from '../../core/format.ts';
import type { Millis } from '../../core/units.ts';
import { type Flags, valueOption } from './option-spec.ts';
import { runTime, wholeNumber } from './quantity.ts';
import { type RunFlags, runOptions } from './run-options.ts';

/** Options of a run that a search decides itself, or that make no sense for many short runs. */
const decided = [
  ...(['users', 'rate', 'arrivals', 'maxUsers', 'untilBroken', 'spawnRate', 'climb', 'runTime', 'baseline'] as const),
  ...(['stage', 'expectedUsers', 'expectedRate', 'slice', 'startAt', 'abortOnFail', 'allowDropped'] as const),
  ...(['csv', 'csvFullHistory', 'printConfig'] as const),
];
type Decided = (typeof decided)[number];

const shared = Object.fromEntries(
  Object.entries(runOptions).filter(([key]) => !(decided as readonly string[]).includes(key)),
) as Omit<typeof runOptions, Decided>;

/** What `sqload capacity` understands: what a run does, but for the load, which it finds out. */
export const capacityOptions = {
  maxUsers: valueOption<number | null>({
    long: 'max-users',
    placeholder: '<count>',
    example: '2000',
    group: 'Load',
    help: 'Highest number of users to try; without it 10 000, or what the limit on open files allows.',
    read: wholeNumber(1, 100_000),
    fallback: null,
  }),
  start: valueOption<number | null>({
    long: 'start',
    placeholder: '<users>',
    example: '20',
    group: 'Load',
    help: 'Number of users to begin with; without it, what offers about 10 requests/s.',
    read: wholeNumber(1, 100_000),
    fallback: null,
  }),
  window: valueOption<Millis | null>({
    long: 'window',
    placeholder: '<duration>',
    example: '2m',
    group: 'Load',
    help: 'Least time that each load is measured; a longer one narrows the answer. Without it, what decides the thresholds.',
    read: runTime,
    show: formatDuration,
    fallback: null,
  }),
  ...shared,
  label: {
    ...runOptions.label,
    help: 'What to call this search in history.csv: a branch, a release. Its one line is that of the highest load that held.',
  },
  precision: valueOption<number>({
    long: 'precision',
    placeholder: '<share>',
    example: '5%',
    group: 'Judging',
    help: 'How narrow the answer shall be, as a share of the users.',
    read: parsePrecision,
    show: formatPercent,
    fallback: 0.05,
  }),
  maxTime: valueOption<Millis | null>({
    long: 'max-time',
    placeholder: '<duration>',
    example: '30m',
    group: 'Judging',
    help: 'Begin no trial that would not be over by then, and answer with what is known.',
    read: runTime,
    show: formatDuration,
    fallback: null,
  }),
  atLeast: valueOption<number | null>({
    long: 'at-least',
    placeholder: '<users>',
    example: '200',
    group: 'Judging',
    help: 'Exit with 1 when the server surely sustains fewer users than that.',
    read: wholeNumber(1, 100_000),
    fallback: null,
  }),
} as const;

export type CapacityFlags = Flags<typeof capacityOptions>;

/** A scenario whose requests and pauses are played, and what was said on the command line. null: those of the presets. */
export interface CapacityInput {
  readonly scenario: string | null;
  readonly flags: CapacityFlags;
}

/** What the options of a search say about each of its runs. */
export function flagsOfTrials(flags: CapacityFlags): RunFlags {
  return Object.fromEntries(Object.entries(flags).filter(([key]) => Object.hasOwn(shared, key)));
}

/** Long names of the options of a run that are no matter of its trials: variables for them are for other runs. */
export const decidedNames: readonly string[] = decided.map((key) => runOptions[key].long);

function parsePrecision(text: string): number {
  const percent = Number(/^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1] ?? Number.NaN);
  const share = Number.isNaN(percent) ? Number(text) : Number(`${percent}e-2`);
  if (!(share >= 0.01 && share <= 0.5)) throw new RangeError('must be a share from 1% to 50%');
  return share;
}
