import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readRecord } from '../../dist/io/record-store.js';
import { Histogram } from '../../dist/metrics/histogram.js';

/** The run folder that `sqload run --out <out>` made, the only one there, beside history.csv. */
export const runFolderIn = (out) =>
  join(out, readdirSync(out, { withFileTypes: true }).find((entry) => entry.isDirectory()).name);

/** The record of that run. */
export const recordIn = (out) => readRecord(runFolderIn(out));

/**
 * Adds up the seconds [from, to) of a record: requests that ended, failures, lateness, response and service time of successes.
 * Without a window it is the whole run, the requests included that ended after its last second.
 */
export function addUp(record, from = 0, to = Number.POSITIVE_INFINITY) {
  const sum = {
    seconds: 0,
    requests: 0,
    failed: 0,
    lateness: new Histogram(),
    response: new Histogram(),
    service: new Histogram(),
  };
  for (const event of record.events()) {
    if (event.kind !== 'second' || event.second < from || event.second >= to) continue;
    sum.seconds += 1;
    sum.lateness.add(event.lateness);
    for (const { tally } of event.cells) {
      sum.response.add(tally.ok);
      sum.service.add(tally.service);
      for (const [, , count] of tally.failures) sum.failed += count;
    }
  }
  sum.requests = sum.response.count + sum.failed;
  return sum;
}

/** A percentile in ms; NaN when there is nothing. */
export const percentileMs = (histogram, quantile) => (histogram.percentile(quantile) ?? Number.NaN) / 1000;
