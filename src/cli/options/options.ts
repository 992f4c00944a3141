import { capacityOptions } from './capacity-options.ts';
import { compareOptions } from './compare-options.ts';
import { mockOptions } from './mock-options.ts';
import type { Flags, OptionSpec, OptionTable } from './option-spec.ts';
import { runOptions } from './run-options.ts';
import { color, csv, csvFullHistory, quiet } from './shared-options.ts';

/** What `sqload report` understands. */
export const reportOptions = { csv, csvFullHistory, quiet, color } as const;

/** What `sqload merge` understands. */
export const mergeOptions = { out: runOptions.out, csv, csvFullHistory, quiet, color } as const;

export type MockFlags = Flags<typeof mockOptions>;
export type ReportFlags = Flags<typeof reportOptions>;
export type CompareFlags = Flags<typeof compareOptions>;
export type MergeFlags = Flags<typeof mergeOptions>;

const tables: readonly OptionTable[] = [
  capacityOptions,
  runOptions,
  mockOptions,
  reportOptions,
  mergeOptions,
  compareOptions,
];

/** Every option of every command, each long name once. */
export const allOptions: readonly OptionSpec<unknown>[] = [
  ...new Map(tables.flatMap((table) => Object.values(table)).map((spec) => [spec.long, spec])).values(),
];
