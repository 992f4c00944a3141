import { formatDuration } from '../core/duration.ts';
import { type Millis, millis } from '../core/units.ts';
import { type Flags, type OptionSpec, type OptionTable, valueOption } from './option-spec.ts';
import { span, wholeNumber } from './quantity.ts';
import { runOptions } from './run-options.ts';
import { apiKey, capacity, color, csv, csvFullHistory, faults, latency, quiet } from './shared-options.ts';

/** What `sqload mock` understands. */
export const mockOptions = {
  port: valueOption<number>({
    long: 'port',
    placeholder: '<number>',
    example: '8000',
    group: 'Server',
    help: 'Port on 127.0.0.1; 0 takes a free one.',
    read: wholeNumber(0, 65_535),
    fallback: 8000,
  }),
  latency: latency({ long: 'latency', group: 'Server' }),
  capacity: capacity({ long: 'capacity', group: 'Server' }),
  idleClose: valueOption<Millis>({
    long: 'idle-close',
    placeholder: '<duration>',
    example: '5s',
    group: 'Server',
    help: 'Close a connection that carried nothing for so long; 5s is what uvicorn and Node do, 0s is never.',
    read: span(0, '0s'),
    show: formatDuration,
    fallback: millis(5000),
  }),
  faults: faults({ long: 'fault', group: 'Server' }),
  apiKey: { ...apiKey, group: 'Server', help: 'Answer 401 to requests without "Authorization: Bearer <key>".' },
} as const;

/** What `sqload report` understands. */
export const reportOptions = { csv, csvFullHistory, quiet, color } as const;

/** What `sqload merge` understands. */
export const mergeOptions = { out: runOptions.out, csv, csvFullHistory, quiet, color } as const;

export type MockFlags = Flags<typeof mockOptions>;
export type ReportFlags = Flags<typeof reportOptions>;
export type MergeFlags = Flags<typeof mergeOptions>;

const tables: readonly OptionTable[] = [runOptions, mockOptions, reportOptions, mergeOptions];

/** Every option of every command, each long name once. */
export const allOptions: readonly OptionSpec<unknown>[] = [
  ...new Map(tables.flatMap((table) => Object.values(table)).map((spec) => [spec.long, spec])).values(),
];
