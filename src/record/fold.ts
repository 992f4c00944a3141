import { encodedCount } from '../metrics/encoded-histogram.ts';
import { Histogram } from '../metrics/histogram.ts';
import { type EncodedTally, Tally } from '../metrics/tally.ts';
import { ownPart } from '../workload/load-profile.ts';
import type { CountedEvent } from './counted-event.ts';
import { type EventReader, feed } from './feed.ts';
import { GeneratorFold } from './generator-fold.ts';
import type { HooksEvent } from './hooks-event.ts';
import { HooksFold } from './hooks-fold.ts';
import { MonitorFold } from './monitor-fold.ts';
import type { RecordHeader, RunRecord } from './record.ts';
import type { ConnectionCounts, EndEvent, ExampleEvent, RunEvent, SecondEvent } from './run-event.ts';

/** A record added up: what verdicts and reports read. It grows with the length of the run by a few numbers per second only. */
export class RunFold implements EventReader {
  readonly header: RecordHeader;
  readonly examples: ExampleEvent[] = [];
  readonly lateness = new Histogram();
  readonly connect = new Histogram();
  readonly tls = new Histogram();
  /** How the run ended; null when the record was cut short. */
  end: EndEvent | null = null;
  /** What the server itself counted; null when nobody asked it. */
  counted: CountedEvent | null = null;
  /** How many seconds the record tells of, draining after the end included. */
  seconds = 0;
  /** Requests that virtual users started. */
  started = 0;
  /** The most users active at the end of any second. */
  peakUsers = 0;
  /** Arrivals that were not started, since every place was taken. */
  dropped = 0;
  /** Sessions that turned out to be lost. */
  sessionsLost = 0;
  /** Set-ups and ends of sessions in the whole run, by the header's `sessionRows`: the first are set-ups as a whole. */
  readonly sessions: readonly Tally[];
  /** What the user's hooks measured. */
  readonly hooks = new HooksFold();
  /** What of these thresholds are graded over: all of it, but for a climb past the scenario, which is judged by itself. */
  readonly judged: { readonly setUps: Tally; readonly hooks: HooksFold };
  /** How the generator itself fared. */
  readonly generator: GeneratorFold;
  /** How the server fared, as far as somebody watched it. */
  readonly monitors: MonitorFold;
  readonly #connections = { opened: 0, reused: 0, retried: 0, resumed: 0 };
  /** By phase, then by row. */
  readonly #tallies: readonly (readonly Tally[])[];
  /** Successes by row that ended within the steady window, whenever they were due. */
  readonly #steadySuccesses: number[];
  /** Successes by phase that ended within it, whenever they were due. */
  readonly #endedSuccesses: number[];
  /** What `tally` has added up since the last event: verdict and reports ask for the same few again and again. */
  readonly #sums = new Map<string, Tally>();
  readonly #firstFailure = new Map<string, number>();
  readonly #lastFailure = new Map<string, number>();

  constructor(header: RecordHeader) {
    this.header = header;
    this.generator = new GeneratorFold(header);
    this.monitors = new MonitorFold(header.monitors);
    this.sessions = header.sessionRows.map(() => new Tally());
    const climbs = header.profile.steps !== undefined;
    this.judged = {
      setUps: climbs ? new Tally() : (this.sessions[0] ?? new Tally()),
      hooks: climbs ? new HooksFold() : this.hooks,
    };
    this.#tallies = header.profile.phases.map(() => header.rows.map(() => new Tally()));
    this.#steadySuccesses = header.rows.map(() => 0);
    this.#endedSuccesses = header.profile.phases.map(() => 0);
  }

  add(event: RunEvent): void {
    this.#sums.clear();
    if (event.kind === 'second') this.#addSecond(event);
    else if (event.kind === 'example') this.examples.push(event);
    else if (event.kind === 'hooks') this.#addHooks(event);
    else if (event.kind === 'monitor') this.monitors.add(event);
    else if (event.kind === 'counted') this.counted = event;
    else if (event.kind === 'end') this.end = event;
  }

  get connections(): ConnectionCounts {
    return this.#connections;
  }

  /** The requests of one row (all rows when null) that were due in the phases chosen (every phase by default). To be read only. */
  tally(row: number | null, phases: (phase: number) => boolean = () => true): Tally {
    const chosen = [...this.#tallies.keys()].filter(phases);
    const key = `${row} ${chosen}`;
    const known = this.#sums.get(key);
    if (known) return known;
    const sum = new Tally();
    for (const phase of chosen)
      for (const tally of this.#tallies[phase]?.slice(row ?? 0, row === null ? undefined : row + 1) ?? [])
        sum.merge(tally);
    this.#sums.set(key, sum);
    return sum;
  }

  /** The requests of one row (all rows when null) that were due in the steady window, whenever they ended. */
  steadyTally(row: number | null): Tally {
    return this.tally(row, (phase) => this.header.profile.phases[phase]?.steady === true);
  }

  /** Successes of one row (all rows when null) that ended within the steady window. */
  steadySuccesses(row: number | null): number {
    return row === null ? this.#steadySuccesses.reduce((a, b) => a + b, 0) : (this.#steadySuccesses[row] ?? 0);
  }

  /** Successes of all rows that ended within one phase, whenever they were due. */
  successesEndedIn(phase: number): number {
    return this.#endedSuccesses[phase] ?? 0;
  }

  /** How many whole seconds of the steady window the record tells of; fewer than planned when the run was cut short. */
  get steadySeconds(): number {
    const { steady } = this.header.profile;
    return steady ? Math.max(0, Math.min(steady.end, this.seconds) - steady.start) : 0;
  }

  /** First and last second in which requests of a row failed in one way. */
  failureSeconds(from: FailedRow, kind: string, status: number): { first: number; last: number } | undefined {
    const key = failureKey(from, kind, status);
    const first = this.#firstFailure.get(key);
    const last = this.#lastFailure.get(key);
    return first === undefined || last === undefined ? undefined : { first, last };
  }

  #addHooks(event: HooksEvent): void {
    this.hooks.add(event);
    const { profile } = this.header;
    if (this.judged.hooks !== this.hooks && event.second < ownPart(profile).seconds) this.judged.hooks.add(event);
  }

  /** Whether a phase is one of the scenario's own. */
  #isOwn(phase: number): boolean {
    return phase < (this.header.profile.steps?.[0]?.phase ?? Number.POSITIVE_INFINITY);
  }

  #addSecond(event: SecondEvent): void {
    this.seconds = Math.max(this.seconds, event.second + 1);
    this.started += event.started;
    this.peakUsers = Math.max(this.peakUsers, event.users);
    this.lateness.add(event.lateness);
    this.connect.add(event.connect);
    this.tls.add(event.tls);
    this.dropped += event.dropped;
    this.sessionsLost += event.sessionsLost;
    for (const { row, phase, tally } of event.sessions) {
      this.#sessionRow(event.second, row).add(tally);
      if (row === 0 && this.judged.setUps !== this.sessions[0] && this.#isOwn(phase)) this.judged.setUps.add(tally);
      this.#noteFailures(event.second, { session: true, row }, tally);
    }
    this.generator.add(event);
    this.#connections.opened += event.connections.opened;
    this.#connections.reused += event.connections.reused;
    this.#connections.retried += event.connections.retried;
    this.#connections.resumed += event.connections.resumed;
    const { steady } = this.header.profile;
    const inWindow = steady !== null && event.second >= steady.start && event.second < steady.end;
    const current = this.header.profile.phases.findIndex((p) => event.second >= p.start && event.second < p.end);
    for (const { row, phase, tally } of event.cells) {
      const known = this.#tallies[phase]?.[row];
      if (!known)
        throw new RangeError(
          `second ${event.second} tells of row ${row} in phase ${phase}, which the header does not have`,
        );
      known.add(tally);
      if (current >= 0) this.#endedSuccesses[current] = this.successesEndedIn(current) + encodedCount(tally.ok);
      if (inWindow) this.#steadySuccesses[row] = (this.#steadySuccesses[row] ?? 0) + encodedCount(tally.ok);
      this.#noteFailures(event.second, { session: false, row }, tally);
    }
  }

  #sessionRow(second: number, row: number): Tally {
    const tally = this.sessions[row];
    if (!tally) throw new RangeError(`second ${second} tells of session row ${row}, which the header does not have`);
    return tally;
  }

  #noteFailures(second: number, from: FailedRow, tally: EncodedTally): void {
    for (const [kind, status] of tally.failures) {
      const key = failureKey(from, kind, status);
      this.#firstFailure.set(key, Math.min(second, this.#firstFailure.get(key) ?? second));
      this.#lastFailure.set(key, Math.max(second, this.#lastFailure.get(key) ?? second));
    }
  }
}

/** Adds up a whole record. */
export function foldRecord(record: RunRecord): RunFold {
  const fold = new RunFold(record.header);
  feed(record, [fold]);
  return fold;
}

/** Where a request failed: an index into the header's rows, or for a session into its `sessionRows`. */
export type FailedRow = Pick<ExampleEvent, 'session' | 'row'>;

const failureKey = ({ session, row }: FailedRow, kind: string, status: number): string =>
  `${session} ${row} ${kind} ${status}`;
