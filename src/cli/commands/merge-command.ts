import { join, relative, resolve } from 'node:path';
import { type ExitCode, usageError } from '../../core/errors.ts';
import { RecordWriter, recordFile } from '../../io/record-store.ts';
import { checkWritable, createRunFolder } from '../../io/run-folder.ts';
import { joinEvents } from '../../record/join.ts';
import { absentSlices, bySlice, cutHeader, headerDifferences, mergeHeaders } from '../../record/merge-headers.ts';
import type { RecordHeader, RunRecord } from '../../record/record.ts';
import type { RunEvent } from '../../record/run-event.ts';
import type { Host } from '../host.ts';
import { type MergeFlags, mergeOptions } from '../options/options.ts';
import { showSlice } from '../options/slice-text.ts';
import { checkHistory } from '../run/add-to-history.ts';
import { folderOfPrefix } from '../run/deliver-reports.ts';
import { deliverRun } from '../run/deliver-run.ts';
import { readForeign } from '../run/read-run.ts';
import { resolveSettings } from '../settings/settings.ts';

/** A record as the user named it. */
interface Given {
  readonly path: string;
  readonly record: RunRecord;
  /** As in the record; after a break it says when. */
  readonly header: RecordHeader;
}

/**
 * Joins the records of the slices of one run to the record of the whole, in a run folder of its own with every report, and
 * answers with its exit code. The order of the paths makes no difference.
 * @throws SqloadError (exit 2) when a record cannot be read or the records do not fit together; nothing is written then.
 */
export async function mergeCommand(
  host: Host,
  { paths, flags }: { readonly paths: readonly string[]; readonly flags: MergeFlags },
): Promise<ExitCode> {
  const settings = resolveSettings(mergeOptions, host, { flags });
  const out = resolve(host.cwd, settings.out.value);
  const prefix = settings.csv.value === null ? null : resolve(host.cwd, settings.csv.value);
  checkWritable(out);
  checkHistory(out);
  if (prefix !== null) checkWritable(folderOfPrefix(host, prefix), '--csv');

  const given = paths.map((path): Given => {
    const { record, fold } = readForeign(resolve(host.cwd, path), path);
    return { path, record, header: fold.end === null ? cutHeader(record.header, fold.seconds) : record.header };
  });
  rejectStrangers(given);
  const sorted = [...given].sort((a, b) => bySlice(a.header, b.header));
  const header = mergeHeaders(sorted.map((each) => each.header));
  const say = (text: string): void => (settings.quiet.value ? undefined : host.stderr.write(text));
  say(`Merging ${describeParts(header)}\n`);
  for (const warning of versionWarnings(sorted)) say(`${warning}\n`);

  const folder = createRunFolder(out, header.scenario, new Date(header.startedAt));
  const record = RecordWriter.open(join(folder, recordFile));
  try {
    record.write(header);
    const streams = sorted.map((each, i) => eventsOf(each.record, monitorsBefore(sorted, i)));
    for await (const event of joinEvents(streams, { unfinished: 'cut-short' })) record.write(event);
  } finally {
    record.close();
  }
  say(`Results are in ${relative(host.cwd, folder) || folder}\n\n`);
  return deliverRun(host, settings, { folder, prefix, trouble: record.error });
}

/** The monitors of all slices stand in one list. */
const monitorsBefore = (given: readonly Given[], index: number): number =>
  given.slice(0, index).reduce((sum, { header }) => sum + header.monitors.length, 0);

async function* eventsOf(record: RunRecord, firstMonitor: number): AsyncGenerator<RunEvent, void, undefined> {
  for (const event of record.events())
    yield event.kind === 'monitor' ? { ...event, monitor: event.monitor + firstMonitor } : event;
}

/** @throws SqloadError (exit 2) unless the records are of different slices of one run. */
function rejectStrangers(given: readonly Given[]): void {
  const [first, ...others] = given;
  if (!first || others.length === 0)
    throw usageError(
      'There is nothing to merge with: one record was given.',
      'Give the records, or the run folders, of all slices of a run; "sqload report" prints the report of one.',
    );
  for (const { path, header } of given)
    if (header.slices.count === 1)
      throw usageError(
        `${path} is a whole run: there is nothing to merge it with.`,
        'Slices of a run are made with --slice 1/2, --slice 2/2 and so on.',
      );
  for (const other of others) rejectDifferences(first, other);
  rejectTwice(given);
}

function rejectDifferences(first: Given, other: Given): void {
  const differences = headerDifferences(first.header, other.header);
  if (differences.length === 0) return;
  const width = Math.max(...differences.map(({ what }) => what.length));
  const lines = differences.map(({ what, values: [a, b] }) =>
    a.length + b.length > 120 ? `  ${what.padEnd(width)}  differs` : `  ${what.padEnd(width)}  ${a} against ${b}`,
  );
  throw usageError(
    `${first.path} and ${other.path} are not slices of one run. They differ in:\n${lines.join('\n')}`,
    'Slices of one run have the same scenario, options and seed.',
  );
}

function rejectTwice(given: readonly Given[]): void {
  const seen = new Map<number, string>();
  for (const { path, header } of given)
    for (const { index } of header.slices.parts) {
      const before = seen.get(index);
      if (before !== undefined)
        throw usageError(
          `Slice ${showSlice({ index, count: header.slices.count })} is in ${before} and in ${path}: it would count twice.`,
          'Give each slice once.',
        );
      seen.set(index, path);
    }
}

function describeParts({ slices }: RecordHeader): string {
  const { count, parts } = slices;
  const missing = absentSlices(slices);
  if (missing.length === 0) return `all ${count} slices.`;
  const named = missing.slice(0, 10).map((index) => showSlice({ index, count }));
  const more = missing.length > named.length ? ` and ${missing.length - named.length} more` : '';
  return `${parts.length} of ${count} slices; missing: ${named.join(', ')}${more}.`;
}

function versionWarnings(given: readonly Given[]): string[] {
  return (['sqload', 'node'] as const).flatMap((what) => {
    const versions = [...new Set(given.map(({ header }) => header[what]))];
    if (versions.length === 1) return [];
    const name = what === 'node' ? 'Node' : what;
    return [`The slices were played by different versions of ${name}: ${versions.join(', ')}.`];
  });
}
