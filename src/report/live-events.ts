import { encodedCount } from '../metrics/encoded-histogram.ts';
import { nearestRank } from '../metrics/histogram.ts';
import type { FailedLine } from '../record/hooks-event.ts';
import type { RecordHeader } from '../record/record.ts';
import type { ExampleEvent, RunEvent, SecondEvent } from '../record/run-event.ts';
import { LatencyCounts } from './latency-counts.ts';
import type { FailedRequest, LiveEvent, LiveSecondEvent, RequestFailedEvent, TestStartEvent } from './live-event.ts';

/** Turns what a run tells for the record into what it tells to people's programs. One second costs only what is in it. */
export class LiveEvents {
  readonly #header: RecordHeader;
  readonly #seen = new Set<string>();
  #requests = 0;
  #failures = 0;

  constructor(header: RecordHeader) {
    this.#header = header;
  }

  /** What is told before anything is sent. */
  begin(): readonly LiveEvent[] {
    return [testStart(this.#header), ...this.#phasesAt(0)];
  }

  /** What an event of the record means, in order. */
  add(event: RunEvent): readonly LiveEvent[] {
    switch (event.kind) {
      case 'second': {
        const second = secondOf(event, this.#header);
        this.#requests += second.requests;
        this.#failures += second.failures;
        return [second, ...this.#phasesAt(event.second + 1)];
      }
      case 'example':
        return this.#firstFailure(event);
      case 'failures':
        return event.failures.map((line) => requestFailed(this.#header, line));
      case 'hooks':
      case 'monitor':
      case 'counted':
        return [];
      case 'end': {
        const { reason, at } = event;
        return [{ kind: 'testStop', reason, seconds: at / 1000, requests: this.#requests, failures: this.#failures }];
      }
    }
  }

  #phasesAt(second: number): readonly LiveEvent[] {
    return this.#header.profile.phases
      .filter(({ start }) => start === second)
      .map(({ name, start, end, steady }) => ({ kind: 'phase', name, start, end, steady }));
  }

  #firstFailure(example: ExampleEvent): readonly LiveEvent[] {
    const { session, row, failure, status, second, text } = example;
    const key = `${session} ${row} ${failure} ${status}`;
    if (this.#seen.has(key)) return [];
    this.#seen.add(key);
    return [
      {
        kind: 'firstFailure',
        second,
        ...failedRow(this.#header, example),
        failure,
        status: status === 0 ? null : status,
        detail: text,
      },
    ];
  }
}

/** The row of a failed request, by its index among the rows of requests or of sessions. */
export function failedRow(
  header: RecordHeader,
  { session, row }: Pick<ExampleEvent, 'session' | 'row'>,
): Pick<FailedRequest, 'row' | 'name' | 'session'> {
  const known = session ? header.sessionRows[row] : header.rows[row];
  return { row: known?.id ?? '', name: known?.name ?? '', session };
}

function requestFailed(header: RecordHeader, line: FailedLine): RequestFailedEvent {
  const { failure, status, at, responseTime, text } = line;
  return {
    kind: 'requestFailed',
    ...failedRow(header, line),
    failure,
    status: status === 0 ? null : status,
    detail: text,
    at,
    responseTime,
  };
}

const testStart = ({ scenario, target, startedAt, seed, profile }: RecordHeader): TestStartEvent => ({
  kind: 'testStart',
  scenario,
  target: target.address,
  startedAt,
  seed,
  plannedSeconds: profile.seconds,
  users: profile.peak,
  rate: profile.arrivals?.peak ?? null,
});

function secondOf({ second, users, started, dropped, cells }: SecondEvent, { profile }: RecordHeader): LiveSecondEvent {
  const ok = new LatencyCounts();
  let failures = 0;
  let [least, greatest] = [Number.POSITIVE_INFINITY, 0];
  for (const { tally } of cells) {
    ok.add(tally.ok);
    failures += encodedCount(tally.failed);
    const [min = least, max = greatest] = tally.ok;
    [least, greatest] = [Math.min(least, min), Math.max(greatest, max)];
  }
  const { count } = ok;
  const ranks = [0.5, 0.95, 0.99].map((quantile) => nearestRank(quantile, count) / count);
  const [p50, p95, p99] = count === 0 ? [] : ok.percentiles(ranks, least, greatest).map((micros) => micros / 1000);
  return {
    kind: 'second',
    second,
    phase: profile.phases.find(({ start, end }) => second >= start && second < end)?.name ?? null,
    users,
    started,
    requests: count + failures,
    failures,
    dropped,
    p50: p50 ?? null,
    p95: p95 ?? null,
    p99: p99 ?? null,
    max: count === 0 ? null : greatest / 1000,
  };
}
