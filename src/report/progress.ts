import { formatCount, formatMillis } from '../core/format.ts';
import { Tally } from '../metrics/tally.ts';
import type { RecordHeader } from '../record/record.ts';
import type { RunEvent, SecondEvent } from '../record/run-event.ts';
import { clockTime } from './clock-time.ts';

/** Rates and percentiles of the line look back over this many seconds. */
const windowSeconds = 10;

/** Follows a run and tells in one line where it stands. */
export class Progress {
  readonly #header: RecordHeader;
  readonly #window: SecondEvent[] = [];
  #failed = 0;

  constructor(header: RecordHeader) {
    this.#header = header;
  }

  add(event: RunEvent): void {
    if (event.kind !== 'second') return;
    this.#window.push(event);
    if (this.#window.length > windowSeconds) this.#window.shift();
    for (const { tally } of event.cells) for (const [, , count] of tally.failures) this.#failed += count;
  }

  /**
   * Time, phase, users, requests/s and p95 of the last 10 s, failures so far. The p95 counts a failed request as slower than
   * any success; `no limit` when it falls among the failed.
   */
  line(): string {
    const { profile } = this.#header;
    const last = this.#window.at(-1);
    const second = last ? last.second + 1 : 0;
    const tally = new Tally();
    for (const { cells } of this.#window) for (const cell of cells) tally.add(cell.tally);
    const rate = this.#window.length === 0 ? 0 : tally.requests / this.#window.length;
    return [
      `${clockTime(Math.min(second, profile.seconds))} of ${clockTime(profile.seconds)}`,
      this.#phase(last?.second ?? 0),
      this.#users(last?.users ?? 0),
      `${rate.toFixed(1)} requests/s`,
      `p95 ${p95(tally)}`,
      `${formatCount(this.#failed)} failed`,
    ].join(' · ');
  }

  #phase(second: number): string {
    return this.#header.profile.phases.find(({ end }) => second < end)?.name ?? 'waiting for the last replies';
  }

  #users(users: number): string {
    const { peak } = this.#header.profile;
    return users === peak ? `${formatCount(users)} users` : `${formatCount(users)} of ${formatCount(peak)} users`;
  }
}

function p95(tally: Tally): string {
  const micros = tally.adjustedPercentile(0.95);
  if (micros === undefined) return '–';
  return Number.isFinite(micros) ? formatMillis(micros / 1000) : 'no limit';
}
