import type { Histogram } from '../metrics/histogram.ts';
import type { RunFold } from '../record/fold.ts';

/** Times in ms. */
export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** null where there was nothing to measure. */
export interface ConnectionsView {
  readonly opened: number;
  readonly reused: number;
  /** Of the requests that had a connection, those whose connection was reused. */
  readonly reusedRatio: number | null;
  /** Stale races: requests sent twice, since the server closed the reused connection just as the first attempt left. */
  readonly retried: number;
  /** Of the connections opened, those whose TLS handshake resumed an earlier session. */
  readonly resumed: number;
  /** Opening a connection, TLS included. */
  readonly connect: Spread | null;
  /** The TLS handshakes; null without TLS. */
  readonly tls: Spread | null;
  /** Of successes: sent to the first byte of the answer, and to the last. */
  readonly firstByte: Spread | null;
  /** Of those whose answer came in a stream of events: sent to the first event with data. */
  readonly firstEvent: Spread | null;
  readonly service: Spread | null;
}

/** What the load generator had to spare. null: nobody measured. */
export interface GeneratorView {
  /** The generator's own delay: hand-over − intended start. null: no request ended. */
  readonly lateness: Spread | null;
  /** Most load threads in any second; 0 when nobody watched them. */
  readonly threads: number;
  /** How late the event loops came back. */
  readonly delay: Spread | null;
  /** Of the busiest load thread in each whole second of the run, 0 to 1. */
  readonly utilisation: { readonly mean: number; readonly max: number } | null;
  /** Share of the load threads' time in garbage collection. */
  readonly collectingRatio: number | null;
  /** How many processes the load came from: one for each slice. */
  readonly processes: number;
  /** CPU cores used by all threads of all processes. */
  readonly cpu: { readonly mean: number; readonly max: number } | null;
  /** Most resident memory, in bytes. */
  readonly memory: number | null;
  /** Arrivals that found every place for a user taken. */
  readonly dropped: number;
}

export function connectionsOf(fold: RunFold): ConnectionsView {
  const { opened, reused, retried, resumed } = fold.connections;
  const all = opened + reused;
  const { firstByte, firstEvent, service } = fold.tally(null);
  return {
    opened,
    reused,
    reusedRatio: all === 0 ? null : reused / all,
    retried,
    resumed,
    connect: spreadOf(fold.connect),
    tls: spreadOf(fold.tls),
    firstByte: spreadOf(firstByte),
    firstEvent: spreadOf(firstEvent),
    service: spreadOf(service),
  };
}

export function generatorOf(fold: RunFold): GeneratorView {
  const { generator } = fold;
  const { processes } = generator;
  return {
    lateness: spreadOf(fold.lateness),
    threads: generator.threads,
    delay: spreadOf(generator.delay),
    utilisation: utilisationOf(fold),
    collectingRatio: generator.collectingShare,
    processes: fold.header.slices.parts.length,
    cpu: processes.measured === 0 ? null : { mean: processes.cpuSum / processes.measured, max: processes.cpuMax },
    memory: processes.measured === 0 ? null : processes.memoryMax,
    dropped: fold.dropped,
  };
}

/**
 * The last second is seldom a whole one, and in a fraction of one the share means little. The last that a record tells of
 * which was cut short may be such a fraction.
 */
function utilisationOf({ header, generator, end, seconds }: RunFold): GeneratorView['utilisation'] {
  const whole = end === null ? seconds - 1 : Math.floor(end.at / 1000);
  const cut = new Set(header.slices.parts.map(({ cutAfter = 0 }) => cutAfter - 1));
  const shares = generator.seconds.flatMap(({ second, utilisation }) =>
    utilisation === null || second >= whole || cut.has(second) ? [] : [utilisation],
  );
  if (shares.length === 0) return null;
  let max = 0;
  for (const share of shares) max = Math.max(max, share);
  return { mean: shares.reduce((sum, share) => sum + share, 0) / shares.length, max };
}

function spreadOf(histogram: Histogram): Spread | null {
  if (histogram.count === 0) return null;
  const ms = (value: number | undefined): number => (value ?? 0) / 1000;
  return {
    count: histogram.count,
    p50: ms(histogram.percentile(0.5)),
    p95: ms(histogram.percentile(0.95)),
    p99: ms(histogram.percentile(0.99)),
    max: ms(histogram.max),
  };
}
