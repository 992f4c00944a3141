import { encodedCount } from '../../metrics/encoded-histogram.ts';
import { type EncodedTally, tallyCount } from '../../metrics/tally.ts';
import type { TimingValues } from '../../record/hooks-event.ts';
import type { MonitorEvent } from '../../record/monitor.ts';
import type { RecordHeader } from '../../record/record.ts';
import type { Cell, RunEvent } from '../../record/run-event.ts';
import type { RatioPart } from '../../statistics/batch-means.ts';
import { limitSecond, talliesOf } from '../../verdict/limit-second.ts';
import { isServerMeasure } from '../../verdict/metric.ts';
import type { Threshold } from '../../verdict/threshold.ts';

/** Of one second of the steady window. */
interface WindowSecond {
  readonly cells: Cell[];
  readonly sessions: Cell[];
  readonly timings: TimingValues[];
}

/** What was due in the steady window by the second in which it ended, what hooks timed in it, and what monitors read. */
export class WindowSeconds {
  readonly #header: RecordHeader;
  readonly #seconds: WindowSecond[];
  readonly #readings: (MonitorEvent | null)[][];
  readonly #start: number;

  constructor(header: RecordHeader) {
    const { start, end } = header.profile.steady ?? { start: 0, end: 0 };
    this.#header = header;
    this.#start = start;
    this.#seconds = Array.from({ length: end - start }, () => ({ cells: [], sessions: [], timings: [] }));
    this.#readings = header.monitors.map(() => Array.from({ length: end - start }, () => null));
  }

  add(event: RunEvent): void {
    if (event.kind === 'monitor') {
      const second = event.second - this.#start;
      const readings = this.#readings[event.monitor];
      if (readings && second >= 0 && second < readings.length) readings[second] = event;
    }
    if (event.kind === 'hooks') this.#seconds[event.second - this.#start]?.timings.push(...event.timings);
    if (event.kind !== 'second') return;
    // What ended after the window belongs to its end.
    const second = this.#seconds[Math.min(event.second - this.#start, this.#seconds.length - 1)];
    const steady = ({ phase }: Cell): boolean => this.#header.profile.phases[phase]?.steady === true;
    second?.cells.push(...event.cells.filter(steady));
    second?.sessions.push(...event.sessions.filter(steady));
  }

  /** How many requests, set-ups or values a limit is about. */
  countOf(limit: Threshold): number {
    return this.#talliesOf(limit).reduce(
      (sum, each) => sum + each.reduce((count, tally) => count + tallyCount(tally), 0),
      0,
    );
  }

  /** Requests that broke the limit, of all. */
  shares(limit: Threshold): RatioPart[] {
    return this.#talliesOf(limit).map((tallies) => {
      const { bad, of } = limitSecond(limit, tallies);
      return { part: bad, whole: of };
    });
  }

  /** Times of successes in ms, added up, and how many there are. */
  times(limit: Threshold): RatioPart[] {
    return this.#talliesOf(limit).map((tallies) => {
      const sum = (of: (tally: EncodedTally) => number): number =>
        tallies.reduce((total, tally) => total + of(tally), 0);
      return { part: sum(({ ok }) => (ok[2] ?? 0) / 1000), whole: sum(({ ok }) => encodedCount(ok)) };
    });
  }

  /** By second. */
  #talliesOf(limit: Threshold): (readonly EncodedTally[])[] {
    return this.#seconds.map((second) => talliesOf(limit, second, this.#header));
  }

  /** Shares that each monitor of the limit read. */
  monitored({ row, metric }: Threshold): RatioPart[][] {
    const { kind } = metric;
    if (!isServerMeasure(kind)) return [];
    return this.#header.monitors.flatMap((monitor, i) => {
      if (monitor[kind] === null || (row !== null && monitor.name !== row)) return [];
      const readings = this.#readings[i] ?? [];
      return [readings.flatMap((reading) => (reading?.[kind] == null ? [] : [{ part: reading[kind], whole: 1 }]))];
    });
  }
}
