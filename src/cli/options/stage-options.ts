import { formatDuration } from '../../core/duration.ts';
import { formatPercent } from '../../core/format.ts';
import type { PerSecond } from '../../core/units.ts';
import { parseStage, type StageName, stages } from '../../workload/stage.ts';
import { valueOption } from './option-spec.ts';
import { rate, wholeNumber } from './quantity.ts';

/** The load by the guide's schedule, in place of a number of users and a run time. */
export const stageOptions = {
  stage: valueOption<StageName | null>({
    long: 'stage',
    placeholder: '<name>',
    example: 'staging',
    group: 'Load',
    help: "Load and run time by the guide's schedule: development (30% of what is expected, 10m), staging (60%, 30m), pre-production (100%, 1h) or post-deployment (120%, 2h).",
    read: parseStage,
    show: (name) =>
      `${name} (${formatPercent(stages[name].share)} of the expected load, ${formatDuration(stages[name].runTime)})`,
    fallback: null,
  }),
  expectedUsers: valueOption<number | null>({
    long: 'expected-users',
    placeholder: '<count>',
    example: '200',
    group: 'Load',
    help: 'Users at a time that are expected in production, of which --stage takes its share.',
    read: wholeNumber(1, 100_000),
    fallback: null,
    unset: 'not said',
  }),
  expectedRate: valueOption<PerSecond | null>({
    long: 'expected-rate',
    placeholder: '<rate>',
    example: '5/s',
    group: 'Load',
    help: 'Conversations per second that are expected in production, of which --stage takes its share.',
    read: rate('conversations'),
    show: (value) => `${value}/s`,
    fallback: null,
    unset: 'not said',
  }),
} as const;
