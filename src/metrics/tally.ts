import type { FailureKind } from '../core/failure.ts';
import { type Micros, microsBetween } from '../core/units.ts';
import {
  type EncodedHistogram,
  emptyHistogram,
  encodedCount,
  mergeEncoded,
  SparseHistogram,
} from './encoded-histogram.ts';
import { Histogram, nearestRank } from './histogram.ts';
import type { Sample } from './sample.ts';

/** Failures of one kind and HTTP status (0: no status line), and how many. */
export type FailureCount = readonly [kind: FailureKind, status: number, count: number];

/**
 * A tally as it crosses a thread, a machine or a file. Equal tallies are equal text: failures are sorted, slots ascend.
 * `ok` and `failed` hold response times (due to ended) of successes and of failures; `service` holds sent to ended of successes,
 * `firstByte` sent to the first byte of their answers, `firstEvent` sent to the first event with data of those that were a stream of events.
 */
export interface EncodedTally {
  readonly ok: EncodedHistogram;
  readonly failed: EncodedHistogram;
  readonly service: EncodedHistogram;
  readonly firstByte: EncodedHistogram;
  readonly firstEvent: EncodedHistogram;
  readonly failures: readonly FailureCount[];
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export const emptyTally: EncodedTally = {
  ok: emptyHistogram,
  failed: emptyHistogram,
  service: emptyHistogram,
  firstByte: emptyHistogram,
  firstEvent: emptyHistogram,
  failures: [],
  bytesSent: 0,
  bytesReceived: 0,
};

/** Adds two tallies. Associative and commutative, and `emptyTally` changes nothing: the merge law stands on this. */
export function mergeTallies(a: EncodedTally, b: EncodedTally): EncodedTally {
  if (a === emptyTally) return b;
  return {
    ok: mergeEncoded(a.ok, b.ok),
    failed: mergeEncoded(a.failed, b.failed),
    service: mergeEncoded(a.service, b.service),
    firstByte: mergeEncoded(a.firstByte, b.firstByte),
    firstEvent: mergeEncoded(a.firstEvent, b.firstEvent),
    failures: mergeFailures([...a.failures, ...b.failures]),
    bytesSent: a.bytesSent + b.bytesSent,
    bytesReceived: a.bytesReceived + b.bytesReceived,
  };
}

/** How many requests a tally holds. */
export const tallyCount = (tally: EncodedTally): number => encodedCount(tally.ok) + encodedCount(tally.failed);

function mergeFailures(counts: readonly FailureCount[]): readonly FailureCount[] {
  const byKey = new Map<string, FailureCount>();
  for (const [kind, status, count] of counts) {
    const key = `${kind} ${status}`;
    byKey.set(key, [kind, status, (byKey.get(key)?.[2] ?? 0) + count]);
  }
  return [...byKey.values()].sort(([kindA, statusA], [kindB, statusB]) =>
    kindA === kindB ? statusA - statusB : kindA < kindB ? -1 : 1,
  );
}

/** Collects samples of one second on the load thread, cheaply, and is then encoded once. */
export class TallyCollector {
  readonly #ok = new SparseHistogram();
  readonly #failed = new SparseHistogram();
  readonly #service = new SparseHistogram();
  readonly #firstByte = new SparseHistogram();
  readonly #firstEvent = new SparseHistogram();
  readonly #failures: FailureCount[] = [];
  #bytesSent = 0;
  #bytesReceived = 0;

  record(sample: Sample): void {
    const response = microsBetween(sample.due, sample.ended);
    if (sample.outcome.ok) {
      this.#ok.record(response);
      this.#service.record(microsBetween(sample.sent, sample.ended));
      if (sample.firstByte >= sample.sent) this.#firstByte.record(microsBetween(sample.sent, sample.firstByte));
      if (sample.firstEvent >= sample.sent) this.#firstEvent.record(microsBetween(sample.sent, sample.firstEvent));
    } else {
      this.#failed.record(response);
      this.#countFailure(sample.outcome.kind, sample.outcome.status);
    }
    this.#bytesSent += sample.bytesSent;
    this.#bytesReceived += sample.bytesReceived;
  }

  encode(): EncodedTally {
    return {
      ok: this.#ok.encode(),
      failed: this.#failed.encode(),
      service: this.#service.encode(),
      firstByte: this.#firstByte.encode(),
      firstEvent: this.#firstEvent.encode(),
      failures: mergeFailures(this.#failures),
      bytesSent: this.#bytesSent,
      bytesReceived: this.#bytesReceived,
    };
  }

  #countFailure(kind: FailureKind, status: number): void {
    const at = this.#failures.findIndex((f) => f[0] === kind && f[1] === status);
    if (at < 0) this.#failures.push([kind, status, 1]);
    else this.#failures[at] = [kind, status, (this.#failures[at]?.[2] ?? 0) + 1];
  }
}

/** Adds tallies up for reading: counts, means and percentiles. */
export class Tally {
  /** Response times of successes, µs. */
  readonly ok = new Histogram();
  /** Response times of failures, µs: how long each took to fail. */
  readonly failed = new Histogram();
  /** Service times of successes, µs. */
  readonly service = new Histogram();
  /** Sent to first byte of the answer of successes, µs. */
  readonly firstByte = new Histogram();
  /** Sent to the first event with data of successes that were a stream of events, µs. */
  readonly firstEvent = new Histogram();
  failures: readonly FailureCount[] = [];
  bytesSent = 0;
  bytesReceived = 0;

  add(encoded: EncodedTally): void {
    this.ok.add(encoded.ok);
    this.failed.add(encoded.failed);
    this.service.add(encoded.service);
    this.firstByte.add(encoded.firstByte);
    this.firstEvent.add(encoded.firstEvent);
    if (encoded.failures.length > 0) this.failures = mergeFailures([...this.failures, ...encoded.failures]);
    this.bytesSent += encoded.bytesSent;
    this.bytesReceived += encoded.bytesReceived;
  }

  /** Adds another one. */
  merge(other: Tally): void {
    this.ok.merge(other.ok);
    this.failed.merge(other.failed);
    this.service.merge(other.service);
    this.firstByte.merge(other.firstByte);
    this.firstEvent.merge(other.firstEvent);
    if (other.failures.length > 0) this.failures = mergeFailures([...this.failures, ...other.failures]);
    this.bytesSent += other.bytesSent;
    this.bytesReceived += other.bytesReceived;
  }

  encode(): EncodedTally {
    return {
      ok: this.ok.encode(),
      failed: this.failed.encode(),
      service: this.service.encode(),
      firstByte: this.firstByte.encode(),
      firstEvent: this.firstEvent.encode(),
      failures: this.failures,
      bytesSent: this.bytesSent,
      bytesReceived: this.bytesReceived,
    };
  }

  get requests(): number {
    return this.ok.count + this.failed.count;
  }

  /** Failures ÷ requests, 0 to 1; undefined while empty. */
  get errorRate(): number | undefined {
    return this.requests === 0 ? undefined : this.failed.count / this.requests;
  }

  /**
   * Nearest-rank percentile over all requests, where a failed one is slower than any success, so that fast errors cannot
   * improve it. Infinity when the rank falls among the failures; undefined while empty.
   */
  adjustedPercentile(quantile: number): Micros | typeof Number.POSITIVE_INFINITY | undefined {
    if (this.requests === 0) return undefined;
    const rank = nearestRank(quantile, this.requests);
    return rank <= this.ok.count ? this.ok.valueAtRank(rank) : Number.POSITIVE_INFINITY;
  }

  /** Response times of all requests at their measured time, successes and failures alike: what Locust reports. */
  everything(): Histogram {
    const all = new Histogram();
    all.merge(this.ok);
    all.merge(this.failed);
    return all;
  }
}
