import { formatDuration } from '../../core/duration.ts';
import type { Millis, PerSecond } from '../../core/units.ts';
import { type ArrivalProcess, arrivalProcesses } from '../../workload/load-profile.ts';
import { type Baseline, defaultMaxUsers } from '../../workload/scenario.ts';
import { parseBaseline, showBaseline } from './baseline.ts';
import { switchOption, valueOption } from './option-spec.ts';
import { rate, runTime, span, wholeNumber } from './quantity.ts';
import { nonEmpty } from './shared-options.ts';

/** What load, and for how long. null: there is none, or nobody said anything. */
export const loadOptions = {
  users: valueOption<number | null>({
    long: 'users',
    letter: 'u',
    placeholder: '<count>',
    example: '200',
    group: 'Load',
    help: 'Most virtual users at a time; the shape of the scenario scales with it.',
    read: wholeNumber(1, 100_000),
    fallback: null,
  }),
  rate: valueOption<PerSecond | null>({
    long: 'rate',
    placeholder: '<rate>',
    example: '5/s',
    group: 'Load',
    help: 'Conversations that begin per second, whether or not the server keeps up, in place of --users.',
    read: rate('conversations'),
    show: (value) => `${value}/s`,
    fallback: null,
  }),
  arrivals: valueOption<ArrivalProcess>({
    long: 'arrivals',
    placeholder: '<kind>',
    example: 'poisson',
    group: 'Load',
    help: 'How conversations of --rate follow each other: even (the same distance) or poisson (at random).',
    read: parseArrivals,
    fallback: 'even',
  }),
  maxUsers: valueOption<number>({
    long: 'max-users',
    placeholder: '<count>',
    example: '2000',
    group: 'Load',
    help: 'Most users that --rate may bring at a time; who arrives beyond it is dropped and counted. With --until-broken: where the climb ends.',
    read: wholeNumber(1, 100_000),
    fallback: defaultMaxUsers,
  }),
  untilBroken: switchOption({
    long: 'until-broken',
    group: 'Load',
    help: 'After the scenario climb on in steps of more users, until a limit breaks or --max-users is reached.',
  }),
  spawnRate: valueOption<PerSecond | null>({
    long: 'spawn-rate',
    letter: 'r',
    placeholder: '<rate>',
    example: '10',
    group: 'Load',
    help: 'Users started per second, evenly spaced.',
    read: rate('users'),
    show: (value) => `${value}/s`,
    fallback: null,
  }),
  climb: valueOption<Millis | null>({
    long: 'climb',
    placeholder: '<duration>',
    example: '8m',
    group: 'Load',
    help: 'Time from the first user to the last, or from no conversations to --rate; in place of --spawn-rate.',
    read: span(1, '1ms'),
    show: formatDuration,
    fallback: null,
  }),
  runTime: valueOption<Millis | null>({
    long: 'run-time',
    letter: 't',
    placeholder: '<duration>',
    example: '1h30m',
    group: 'Load',
    help: 'Length of the run: 90s, 5m, 1h30m; a bare number is seconds. The shape of the scenario scales with it.',
    read: runTime,
    show: formatDuration,
    fallback: null,
    unset: 'as in the scenario',
  }),
  baseline: valueOption<Baseline | null>({
    long: 'baseline',
    placeholder: '<users>',
    example: '10%',
    group: 'Load',
    help: 'Load before and after a spike: a number of users, or a share of --users or --rate (10%); 0 for none.',
    read: parseBaseline,
    show: showBaseline,
    fallback: null,
  }),
  seed: valueOption<string | null>({
    long: 'seed',
    placeholder: '<text>',
    example: '42',
    group: 'Load',
    help: 'The same seed gives the same schedule, pauses and conversations.',
    read: nonEmpty,
    fallback: null,
    unset: 'drawn for each run',
  }),
} as const;

function parseArrivals(text: string): ArrivalProcess {
  const process = arrivalProcesses.find((name) => name === text);
  if (process === undefined) throw new RangeError(`must be ${arrivalProcesses.join(' or ')}`);
  return process;
}
