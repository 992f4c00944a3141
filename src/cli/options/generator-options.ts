import type { Slice } from '../../workload/slice.ts';
import { valueOption } from './option-spec.ts';
import { parseSlice, showSlice } from './slice-text.ts';
import { parseStartTime, type StartTime, showStartTime } from './start-time.ts';
import { parseWorkers, type WorkerCount } from './worker-count.ts';

/** Who plays the load, and from when: none of it changes what is played. */
export const generatorOptions = {
  workers: valueOption<WorkerCount>({
    long: 'workers',
    placeholder: '<count>',
    example: 'auto',
    group: 'Generator',
    help: 'Threads that play the load; auto is one for each core that is left. The requests are the same for any number.',
    read: parseWorkers,
    fallback: 1,
  }),
  slice: valueOption<Slice | null>({
    long: 'slice',
    placeholder: '<i/n>',
    example: '2/8',
    group: 'Generator',
    help: 'Play one share of the run, here or on another machine; "sqload merge" joins the records. Needs --seed and --host.',
    read: parseSlice,
    show: showSlice,
    fallback: null,
    unset: 'the whole run',
  }),
  startAt: valueOption<StartTime | null>({
    long: 'start-at',
    placeholder: '<time>',
    example: '14:30:00',
    group: 'Generator',
    help: 'Get ready and wait: 14:30:00 on the clock of this machine, or 2026-03-01T14:30:00Z. For slices, at most a day ahead.',
    read: parseStartTime,
    show: showStartTime,
    fallback: null,
    unset: 'at once',
  }),
} as const;
