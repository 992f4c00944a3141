import type { Redactor } from '../core/redactor.ts';
import { type Millis, micros, microsBetween, millis } from '../core/units.ts';
import { SparseHistogram } from '../metrics/encoded-histogram.ts';
import type { Sample } from '../metrics/sample.ts';
import { TallyCollector } from '../metrics/tally.ts';
import type { WireReply } from '../protocol/wire.ts';
import { ExampleLimit } from '../record/example-limit.ts';
import type { Cell, ExampleEvent, RunEvent, ThreadSecond } from '../record/run-event.ts';
import type { Phase } from '../workload/load-profile.ts';
import { excerpt } from './excerpt.ts';
import { FailedList } from './failed-list.ts';

const exampleLength = 200;

/**
 * Counts what the virtual users of one slice do, second by second, and hands finished seconds out as run events.
 * Every request is counted twice, once when it starts and once when it has ended, so that the two can be compared.
 */
export class Ledger {
  readonly #phases: readonly Phase[];
  readonly #redact: Redactor;
  readonly #seconds = new Map<number, SecondCollector>();
  readonly #userChanges = new Map<number, number>();
  readonly #exampleLimit = new ExampleLimit();
  readonly #failed: FailedList | null;
  #examples: ExampleEvent[] = [];
  #next = 0;
  #users = 0;
  #startedInAll = 0;

  constructor(phases: readonly Phase[], redact: Redactor, everyFailure = false) {
    this.#phases = phases;
    this.#redact = redact;
    this.#failed = everyFailure ? new FailedList(redact) : null;
  }

  /** Requests started so far. */
  get started(): number {
    return this.#startedInAll;
  }

  userStarted(at: Millis): void {
    this.#changeUsers(at, 1);
  }

  userEnded(at: Millis): void {
    this.#changeUsers(at, -1);
  }

  /** An arrival that found no place. */
  userDropped(at: Millis): void {
    this.#second(at).dropped += 1;
  }

  requestStarted(at: Millis): void {
    this.#startedInAll += 1;
    this.#second(at).started += 1;
  }

  requestEnded(sample: Sample, reply: WireReply): void {
    const second = this.#second(sample.ended);
    const phase = this.#phaseAt(sample.due);
    second.tally(phase, sample.row).record(sample);
    second.lateness.record(microsBetween(sample.due, sample.handed));
    noteConnection(second, reply);
    this.#keepExample(sample, false);
  }

  /** One request of the set-up or the end of a session. */
  sessionStepEnded(sample: Sample, reply: WireReply): void {
    noteConnection(this.sessionEnded(sample), reply);
    this.#keepExample(sample, true);
  }

  /** A set-up as a whole; if it failed, one of its requests did and says why. */
  sessionEnded(sample: Sample): SecondCollector {
    const second = this.#second(sample.ended);
    second.session(this.#phaseAt(sample.due), sample.row).record(sample);
    return second;
  }

  /** A session turned out to be gone. */
  sessionLost(at: Millis): void {
    this.#second(at).sessionsLost += 1;
  }

  /** How the load thread fared since the last time: a stall that lasted for seconds is told by the one in which it began. */
  noteThread(vitals: ThreadSecond): void {
    this.#second(millis(this.#next * 1000)).threads = [vitals];
  }

  /** The seconds that are over at `now`, in order, with the examples met meanwhile. */
  take(now: Millis): RunEvent[] {
    const events: RunEvent[] = this.#examples;
    this.#examples = [];
    const failures = this.#failed?.take(this.#next) ?? null;
    if (failures) events.push(failures);
    const current = Math.floor(now / 1000);
    while (this.#next < current) events.push(this.#close(this.#next++));
    return events;
  }

  /** Everything that is left, the running second included. */
  takeRest(now: Millis): RunEvent[] {
    const last = Math.max(Math.floor(now / 1000), this.#next - 1, ...this.#seconds.keys());
    const events = this.take(millis(last * 1000));
    if (this.#seconds.has(last)) events.push(this.#close(this.#next++));
    return events;
  }

  #close(second: number): RunEvent {
    this.#users += this.#userChanges.get(second) ?? 0;
    this.#userChanges.delete(second);
    const collector = this.#seconds.get(second) ?? new SecondCollector();
    this.#seconds.delete(second);
    return {
      kind: 'second',
      second,
      users: this.#users,
      started: collector.started,
      dropped: collector.dropped,
      cells: cellsOf(collector.tallies),
      sessions: cellsOf(collector.sessions),
      sessionsLost: collector.sessionsLost,
      lateness: collector.lateness.encode(),
      connections: {
        opened: collector.opened,
        reused: collector.reused,
        retried: collector.retried,
        resumed: collector.resumed,
      },
      connect: collector.connect.encode(),
      tls: collector.tls.encode(),
      threads: collector.threads,
      processes: [],
    };
  }

  #changeUsers(at: Millis, by: number): void {
    const second = Math.max(this.#next, Math.floor(at / 1000));
    this.#userChanges.set(second, (this.#userChanges.get(second) ?? 0) + by);
  }

  #second(at: Millis): SecondCollector {
    const second = Math.max(this.#next, Math.floor(at / 1000));
    let collector = this.#seconds.get(second);
    if (!collector) {
      collector = new SecondCollector();
      this.#seconds.set(second, collector);
    }
    return collector;
  }

  #phaseAt(due: Millis): number {
    const second = due / 1000;
    const index = this.#phases.findIndex((phase) => second < phase.end);
    return index < 0 ? this.#phases.length - 1 : index;
  }

  #keepExample(sample: Sample, session: boolean): void {
    const { row, ended, outcome } = sample;
    if (outcome.ok) return;
    this.#failed?.add(sample, outcome, session);
    const { kind: failure, status, detail } = outcome;
    if (!this.#exampleLimit.takes({ session, row, failure, status })) return;
    const text = excerpt(this.#redact(detail), exampleLength);
    this.#examples.push({ kind: 'example', second: Math.floor(ended / 1000), session, row, failure, status, text });
  }
}

/** What a request tells of the connection that it went over. */
function noteConnection(second: SecondCollector, reply: WireReply): void {
  if (reply.opened) {
    second.opened += 1;
    second.connect.record(micros(Math.round(reply.connect * 1000)));
    if (reply.tls > 0) second.tls.record(micros(Math.round(reply.tls * 1000)));
    if (reply.resumed) second.resumed += 1;
  } else if (reply.kind === 'answered' || reply.bytesSent > 0) second.reused += 1;
  if (reply.retried) second.retried += 1;
}

class SecondCollector {
  started = 0;
  dropped = 0;
  opened = 0;
  reused = 0;
  retried = 0;
  resumed = 0;
  threads: readonly ThreadSecond[] = [];
  readonly lateness = new SparseHistogram();
  readonly connect = new SparseHistogram();
  readonly tls = new SparseHistogram();
  readonly tallies: OpenCell[] = [];
  readonly sessions: OpenCell[] = [];
  sessionsLost = 0;

  tally(phase: number, row: number): TallyCollector {
    return cellAt(this.tallies, phase, row);
  }

  session(phase: number, row: number): TallyCollector {
    return cellAt(this.sessions, phase, row);
  }
}

interface OpenCell {
  readonly phase: number;
  readonly row: number;
  readonly tally: TallyCollector;
}

function cellAt(cells: OpenCell[], phase: number, row: number): TallyCollector {
  for (const cell of cells) if (cell.phase === phase && cell.row === row) return cell.tally;
  const tally = new TallyCollector();
  cells.push({ phase, row, tally });
  return tally;
}

const cellsOf = (cells: OpenCell[]): Cell[] =>
  cells
    .sort((a, b) => a.phase - b.phase || a.row - b.row)
    .map(({ row, phase, tally }) => ({ row, phase, tally: tally.encode() }));
