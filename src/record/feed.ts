import type { RunRecord } from './record.ts';
import type { RunEvent } from './run-event.ts';

/** Makes something of a record from its events, which are told to it one by one, in order. */
export interface EventReader {
  add(event: RunEvent): void;
}

/** Reads a record once for several readers: to decode a record costs more than most of what is made of it, and to keep its events costs memory. */
export function feed(record: RunRecord, readers: readonly EventReader[]): void {
  for (const event of record.events()) for (const reader of readers) reader.add(event);
}
