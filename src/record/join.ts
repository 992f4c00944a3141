import { millis } from '../core/units.ts';
import { mergeEncoded } from '../metrics/encoded-histogram.ts';
import { mergeTallies } from '../metrics/tally.ts';
import { ExampleLimit } from './example-limit.ts';
import { type FailuresEvent, type HooksEvent, joinHooks } from './hooks-event.ts';
import type { MonitorEvent } from './monitor.ts';
import type { Cell, ConnectionCounts, EndEvent, EndReason, ExampleEvent, RunEvent, SecondEvent } from './run-event.ts';

export interface JoinOptions {
  /**
   * What a stream that stops without an `end` event means: a load thread that died ends the whole as `thread-died`, with what
   * was told; a record that was cut short leaves the whole without an end as well.
   */
  readonly unfinished: 'thread-died' | 'cut-short';
}

/**
 * Joins what the slices of one run tell into what the whole run tells: second by second, each as soon as every slice that is
 * not over has told it. The result depends on the streams only, not on which of them is faster, and at most one second of
 * each is held. With slices that have no effect on each other it is, byte for byte, what one slice for everything tells;
 * only the examples of failures differ, of which as many are kept as one slice keeps.
 * @throws what a stream throws; RangeError when one leaves a second out.
 */
export async function* joinEvents(
  streams: readonly AsyncIterable<RunEvent>[],
  { unfinished }: JoinOptions,
): AsyncGenerator<RunEvent, void, undefined> {
  const parts = streams.map((stream) => new Part(stream));
  const examples = new ExampleLimit();
  let started = 0;
  try {
    for (let second = 0; ; second++) {
      const told = (await Promise.all(parts.map((part) => part.advance(second)))).filter((event) => event !== null);
      for (const example of parts.flatMap((part) => part.takeExamples())) if (examples.takes(example)) yield example;
      for (const failures of parts.flatMap((part) => part.failures.splice(0))) yield failures;
      yield* joinHooks(parts.flatMap((part) => part.hooks.splice(0)));
      for (const part of parts) yield* part.takeReadings();
      if (told.length === 0) {
        const end = joinEnds(
          parts.map((part) => part.end),
          { second, started, unfinished },
        );
        if (end) yield end;
        return;
      }
      const joined = told.length === 1 ? told[0] : joinSeconds(told);
      if (!joined) return;
      started += joined.started;
      yield joined;
    }
  } finally {
    await Promise.all(parts.map((part) => part.leave()));
  }
}

/** One stream, read up to the same second as the others. */
class Part {
  readonly #events: AsyncIterator<RunEvent>;
  #examples: ExampleEvent[] = [];
  readonly failures: FailuresEvent[] = [];
  readonly hooks: HooksEvent[] = [];
  #readings: MonitorEvent[] = [];
  #over = false;
  /** How the slice ended; null while it goes on, or when it stopped without saying. */
  end: EndEvent | null = null;

  constructor(stream: AsyncIterable<RunEvent>) {
    this.#events = stream[Symbol.asyncIterator]();
  }

  /** Reads on to the event of this second; null when the slice is over before it. */
  async advance(second: number): Promise<SecondEvent | null> {
    while (!this.#over) {
      const { value: event, done } = await this.#events.next();
      if (done) this.#over = true;
      else if (event.kind === 'second') return expected(event, second);
      else if (event.kind === 'example') this.#examples.push(event);
      else if (event.kind === 'failures') this.failures.push(event);
      else if (event.kind === 'hooks') this.hooks.push(event);
      else if (event.kind === 'monitor') this.#readings.push(event);
      // A slice alone cannot tell what the server counted of the whole.
      else if (event.kind === 'end') this.end = event;
    }
    return null;
  }

  takeExamples(): readonly ExampleEvent[] {
    const examples = this.#examples;
    this.#examples = [];
    return examples;
  }

  /** What the monitors of the slice read; each slice has numbers of its own for them. */
  takeReadings(): readonly MonitorEvent[] {
    const readings = this.#readings;
    this.#readings = [];
    return readings;
  }

  async leave(): Promise<void> {
    if (!this.#over) await this.#events.return?.();
  }
}

function expected(event: SecondEvent, second: number): SecondEvent {
  if (event.second !== second) throw new RangeError(`second ${event.second} is told where second ${second} was due`);
  return event;
}

/** One second of several slices. The order of the slices shows only in the order of `processes`. */
function joinSeconds(told: readonly SecondEvent[]): SecondEvent {
  const sum = (of: (event: SecondEvent) => number): number => told.reduce((total, event) => total + of(event), 0);
  const histogram = (of: 'lateness' | 'connect' | 'tls') => told.map((event) => event[of]).reduce(mergeEncoded);
  return {
    kind: 'second',
    second: told[0]?.second ?? 0,
    users: sum(({ users }) => users),
    started: sum(({ started }) => started),
    dropped: sum(({ dropped }) => dropped),
    cells: joinCells(told.flatMap(({ cells }) => cells)),
    sessions: joinCells(told.flatMap(({ sessions }) => sessions)),
    sessionsLost: sum(({ sessionsLost }) => sessionsLost),
    lateness: histogram('lateness'),
    connections: told.map(({ connections }) => connections).reduce(addConnections),
    connect: histogram('connect'),
    tls: histogram('tls'),
    threads: told.flatMap(({ threads }) => threads).sort((a, b) => a.slice - b.slice),
    processes: told.flatMap(({ processes }) => processes),
  };
}

function joinCells(cells: readonly Cell[]): readonly Cell[] {
  const joined: Cell[] = [];
  for (const cell of [...cells].sort((a, b) => a.phase - b.phase || a.row - b.row)) {
    const last = joined.at(-1);
    if (last?.phase === cell.phase && last.row === cell.row)
      joined[joined.length - 1] = { ...last, tally: mergeTallies(last.tally, cell.tally) };
    else joined.push(cell);
  }
  return joined;
}

const addConnections = (a: ConnectionCounts, b: ConnectionCounts): ConnectionCounts => ({
  opened: a.opened + b.opened,
  reused: a.reused + b.reused,
  retried: a.retried + b.retried,
  resumed: a.resumed + b.resumed,
});

/** What ended a whole run when its parts ended in different ways: the first of these. */
const gravestFirst: readonly EndReason[] = [
  'thread-died',
  'terminated',
  'interrupted',
  'nothing-succeeded',
  'threshold-failed',
  'broke',
  'completed',
];

/** `second` and `started`: seconds told, and requests that these say were started. */
function joinEnds(
  ends: readonly (EndEvent | null)[],
  { second, started, unfinished }: JoinOptions & { readonly second: number; readonly started: number },
): EndEvent | null {
  const known = ends.filter((end) => end !== null);
  if (known.length < ends.length) {
    if (unfinished === 'cut-short') return null;
    const at = millis(Math.max(second * 1000, ...known.map((end) => end.at)));
    return { kind: 'end', reason: 'thread-died', at, started };
  }
  const reasons = new Set(known.map(({ reason }) => reason));
  return {
    kind: 'end',
    reason: gravestFirst.find((reason) => reasons.has(reason)) ?? 'completed',
    at: millis(Math.max(...known.map(({ at }) => at))),
    started: known.reduce((sum, end) => sum + end.started, 0),
  };
}
