import { feed } from './feed.ts';
import { RunFold } from './fold.ts';
import type { RunRecord } from './record.ts';
import { type RunSeries, seriesReader } from './series.ts';

/** A record added up, and laid out by second. */
export interface WholeRecord {
  readonly fold: RunFold;
  readonly series: RunSeries;
}

/** Reads a record once for both. @throws RangeError for a row or a monitor that the header does not have. */
export function readWhole(record: RunRecord): WholeRecord {
  const fold = new RunFold(record.header);
  const reader = seriesReader(record.header);
  feed(record, [fold, reader]);
  return { fold, series: reader.series() };
}
