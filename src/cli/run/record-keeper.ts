import { join } from 'node:path';
import type { SqloadError } from '../../core/errors.ts';
import { RecordWriter, readRecord, recordFile } from '../../io/record-store.ts';
import { createRunFolder } from '../../io/run-folder.ts';
import type { RecordHeader, RunRecord } from '../../record/record.ts';
import type { RunEvent } from '../../record/run-event.ts';

/** Keeps the record of one run, line by line. */
export interface RecordKeeper {
  /** The folder of the run; null: it is in memory only. */
  readonly folder: string | null;
  /** What kept it from being whole. */
  readonly error: SqloadError | null;
  keep(event: RunEvent): void;
  close(): void;
  /** All that was kept. @throws SqloadError (usage) when it cannot be read back. */
  record(): RunRecord;
}

/** Makes the keeper of a run that is about to begin. @throws SqloadError (usage) when there is no place for it. */
export type KeepRecord = (header: RecordHeader, startedAt: Date) => RecordKeeper;

/** In a folder of its own below `out`, where every whole line survives a crash. */
export const keepInFolder =
  (out: string): KeepRecord =>
  (header, startedAt) =>
    keepIn(createRunFolder(out, header.scenario, startedAt), header);

/** In this folder, which is there. @throws SqloadError (usage) when nothing can be written into it. */
export function keepIn(folder: string, header: RecordHeader): RecordKeeper {
  const writer = RecordWriter.open(join(folder, recordFile));
  writer.write(header);
  return {
    folder,
    get error() {
      return writer.error;
    },
    keep: (event) => writer.write(event),
    close: () => writer.close(),
    record: () => readRecord(folder),
  };
}

/** In memory: a few hundred numbers for each second of the run. */
export const keepInMemory: KeepRecord = (header) => {
  const events: RunEvent[] = [];
  return {
    folder: null,
    error: null,
    keep: (event) => {
      if (event.kind !== 'failures') events.push(event);
    },
    close: () => {},
    record: () => ({ header, events: () => events }),
  };
};
