import { clockTime } from '../core/clock-time.ts';
import { counted, formatCount, formatMillis } from '../core/format.ts';
import { encodedCount } from '../metrics/encoded-histogram.ts';
import { nearestRank } from '../metrics/histogram.ts';
import { type EncodedTally, tallyCount } from '../metrics/tally.ts';
import type { RecordHeader } from '../record/record.ts';
import type { RunEvent, SecondEvent } from '../record/run-event.ts';
import { ownPart } from '../workload/load-profile.ts';
import { LatencyCounts } from './latency-counts.ts';
import { ServerProgress } from './server-progress.ts';

/** Rates and percentiles of the line look back over this many seconds. */
const windowSeconds = 10;

/** Follows a run and tells in one line where it stands. */
export class Progress {
  readonly #header: RecordHeader;
  readonly #window: SecondEvent[] = [];
  /** The successes of the window; the line is drawn on the load thread, so a second costs only what is in it. */
  readonly #ok = new LatencyCounts();
  #requests = 0;
  #failed = 0;
  #dropped = 0;
  #started = 0;
  readonly #server: ServerProgress;
  readonly #setUps = { stand: 0, failed: 0 };

  constructor(header: RecordHeader) {
    this.#header = header;
    this.#server = new ServerProgress(header.monitors);
  }

  add(event: RunEvent): void {
    if (event.kind === 'monitor') this.#server.add(event);
    if (event.kind !== 'second') return;
    this.#window.push(event);
    this.#dropped += event.dropped;
    this.#started += event.started;
    for (const { row, tally } of event.sessions) if (row === 0) this.#addSetUps(tally);
    for (const { tally } of event.cells) {
      this.#ok.add(tally.ok);
      this.#requests += tallyCount(tally);
    }
    const old = this.#window.length > windowSeconds ? this.#window.shift() : undefined;
    for (const { tally } of old?.cells ?? []) {
      this.#ok.remove(tally.ok);
      this.#requests -= tallyCount(tally);
    }
    for (const { tally } of event.cells) this.#failed += encodedCount(tally.failed);
  }

  /**
   * Time left, users, requests/s of the last 10 s, failures, failed set-ups and dropped arrivals so far, p95 of the last 10 s, phase. While
   * sessions are set up and nobody could ask yet, how far that is stands in the place of what is known of requests. The p95 counts a failed request as slower than
   * any success; `among the failed` when its rank falls there.
   */
  line(): string {
    const { profile } = this.#header;
    const last = this.#window.at(-1);
    const second = last ? last.second + 1 : 0;
    const users = last?.users ?? 0;
    // A narrow terminal cuts the end off: what matters least stands there.
    return [
      `${profile.steps ? 'at most ' : ''}${clockTime(Math.max(0, profile.seconds - second))} left`,
      this.#users(users),
      ...(users > 0 && this.#started === 0 && this.#header.sessionRows.length > 0
        ? [this.#settingUp()]
        : this.#requestParts()),
      ...this.#server.parts(second),
      this.#phase(last?.second ?? 0),
    ].join(' · ');
  }

  #addSetUps({ ok, failed }: EncodedTally): void {
    this.#setUps.stand += encodedCount(ok);
    this.#setUps.failed += encodedCount(failed);
  }

  #settingUp(): string {
    const { stand, failed } = this.#setUps;
    return `setting up sessions: ${formatCount(stand)} done, ${formatCount(failed)} failed`;
  }

  #requestParts(): readonly string[] {
    const rate = this.#window.length === 0 ? 0 : this.#requests / this.#window.length;
    const { failed } = this.#setUps;
    return [
      `${rate.toFixed(1)} requests/s`,
      `${formatCount(this.#failed)} failed`,
      ...(failed === 0 ? [] : [`${formatCount(failed)} session set-up${failed === 1 ? '' : 's'} failed`]),
      ...(this.#dropped === 0 ? [] : [`${formatCount(this.#dropped)} dropped`]),
      `p95 ${this.#p95()}`,
    ];
  }

  #phase(second: number): string {
    const { phases, steps } = this.#header.profile;
    const index = phases.findIndex(({ end }) => second < end);
    const of = steps?.some(({ phase }) => phase === index) ? ` of ${steps.length}` : '';
    return index < 0 ? 'waiting for the last replies' : `${phases[index]?.name}${of}`;
  }

  #users(users: number): string {
    const { arrivals, steps } = this.#header.profile;
    const { peak } = ownPart(this.#header.profile);
    // The bound on the users of open load is no target: how many there are is up to the server.
    if (users === peak || arrivals !== null || (steps && users > peak)) return counted(users, 'user');
    return `${formatCount(users)} of ${counted(peak, 'user')}`;
  }

  #p95(): string {
    if (this.#requests === 0) return '–';
    const rank = nearestRank(0.95, this.#requests);
    if (rank > this.#ok.count) return 'among the failed';
    const ends = this.#window.flatMap(({ cells }) => cells.map(({ tally }) => tally.ok)).filter((ok) => ok.length > 0);
    const least = Math.min(...ends.map(([min = 0]) => min));
    const greatest = Math.max(...ends.map(([, max = 0]) => max));
    const [micros = 0] = this.#ok.percentiles([rank / this.#ok.count], least, greatest);
    return formatMillis(micros / 1000);
  }
}
