import type { EventReader } from '../record/feed.ts';

/** A file of rows that grows as the events of a record are told. */
export interface EventTable extends EventReader {
  /** The whole file, when all events have been told. */
  csv(): string;
}
