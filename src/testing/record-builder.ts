import { type FailureKind, failure, success } from '../core/failure.ts';
import { micros, millis } from '../core/units.ts';
import { type EncodedHistogram, SparseHistogram } from '../metrics/encoded-histogram.ts';
import { TallyCollector } from '../metrics/tally.ts';
import type { MonitorEvent } from '../record/monitor.ts';
import type { RecordHeader, RunRecord } from '../record/record.ts';
import type {
  Cell,
  EndEvent,
  ExampleEvent,
  ProcessSecond,
  RunEvent,
  SecondEvent,
  ThreadSecond,
} from '../record/run-event.ts';
import type { LoadProfile } from '../workload/load-profile.ts';

/** One request that a test plants in a record. */
export interface Planted {
  readonly row: number;
  /** Intended start, in seconds from the start of the run. */
  readonly at: number;
  /** Response time in ms. */
  readonly ms: number;
  /** Left out: a success. */
  readonly failed?: readonly [kind: FailureKind, status: number, detail?: string];
  readonly bytesReceived?: number;
  /** How late it left, in ms, as a part of `ms`; a tenth of a millisecond or so when left out. */
  readonly late?: number;
  /** When the first event came, in ms from the intended start; left out: the answer was no stream of events. */
  readonly firstEvent?: number;
}

export interface PlantedRun {
  readonly header?: Partial<RecordHeader>;
  readonly requests: readonly Planted[];
  /** Requests that set up or end sessions, and whole set-ups; rows are those of the header's `sessionRows`. */
  readonly sessions?: readonly Planted[];
  /** Sessions that turned out to be lost in a second. */
  readonly sessionsLost?: (second: number) => number;
  /** Users at the end of a second; the target of the profile when left out. */
  readonly users?: (second: number) => number;
  /** Seconds that the record tells of; the length of the profile when left out. */
  readonly seconds?: number;
  /** Connections opened by the first requests; the others reuse one. */
  readonly opened?: number;
  /** How long the TLS handshake of each took, in ms; without TLS when left out. */
  readonly tls?: number;
  /** How the load threads fared, what the processes used and which arrivals were dropped in a second; nothing when left out. */
  readonly threads?: (second: number) => readonly ThreadSecond[];
  readonly processes?: (second: number) => readonly ProcessSecond[];
  readonly dropped?: (second: number) => number;
  /** What the header's monitors read in a second, in their order; null: nothing. */
  readonly monitored?: (second: number) => readonly (readonly [cpu: number | null, memory: number | null] | null)[];
  /** What hooks timed in a second, by name, ms; nothing when left out. */
  readonly timed?: (second: number) => Readonly<Record<string, readonly number[]>>;
  /** Requests that were sent twice, in the first second. */
  readonly retried?: number;
  /** null: the record was cut short. Left out: completed after the last request. */
  readonly end?: EndEvent | null;
}

/** 10 s: a climb of 2 s to 4 users, then a hold of 8 s, which is the steady window. */
export const tenSeconds: LoadProfile = {
  phases: [
    { name: 'climb', start: 0, end: 2, steady: false },
    { name: 'hold', start: 2, end: 10, steady: true },
  ],
  points: [
    { at: millis(0), users: 0 },
    { at: millis(2000), users: 4 },
    { at: millis(10_000), users: 4 },
  ],
  peak: 4,
  arrivals: null,
  seconds: 10,
  steady: { start: 2, end: 10 },
};

/** A header with the three rows of the guide and no thresholds. */
export function plantHeader(overrides: Partial<RecordHeader> = {}): RecordHeader {
  return {
    kind: 'header',
    format: 'sqload-record',
    version: 3,
    sqload: '0.1.0',
    node: 'v20.20.0',
    startedAt: '2026-03-01T12:00:00.000Z',
    scenario: 'sustained',
    target: { address: 'http://127.0.0.1:8001', builtIn: null },
    seed: 'planted',
    rows: [
      { id: 'health', name: 'Health Check', method: 'GET' },
      { id: 'initial', name: 'Initial Question Generation', method: 'POST' },
      { id: 'follow-up', name: 'Follow-up Question Generation', method: 'POST' },
    ],
    sessionRows: [],
    monitors: [],
    profile: tenSeconds,
    load: {
      thinkMin: millis(3000),
      thinkMax: millis(7000),
      timeout: millis(60_000),
      stopTimeout: millis(30_000),
      expectedShare: [1 / 9, 3 / 9, 5 / 9],
      steadyCeiling: 6,
    },
    thresholds: [],
    settings: {
      users: { value: '4', from: 'option' },
      'api-key': { value: 'set', from: '.env' },
    },
    preflight: { requests: 2 },
    slices: { count: 1, parts: [{ index: 0, startedAt: '2026-03-01T12:00:00.000Z' }] },
    workers: 1,
    allowed: { saturated: false, dropped: false },
    ...overrides,
  };
}

/** A second of which nobody told more than `more` says. */
export const quietSecond = (second: number, more: Partial<SecondEvent> = {}): SecondEvent => ({
  kind: 'second',
  second,
  users: 0,
  started: 0,
  dropped: 0,
  cells: [],
  sessions: [],
  sessionsLost: 0,
  lateness: [],
  connections: { opened: 0, reused: 0, retried: 0, resumed: 0 },
  connect: [],
  tls: [],
  threads: [],
  processes: [],
  ...more,
});

/** A record in memory that tells of exactly the requests planted. */
export function plantRecord(run: PlantedRun): RunRecord {
  const header = plantHeader(run.header);
  const sessions = run.sessions ?? [];
  const ends = run.requests.map(endOf);
  const count =
    run.seconds ??
    Math.max(header.profile.seconds, ...[...ends, ...sessions.map(endOf)].map((end) => Math.floor(end / 1000) + 1));
  const events: RunEvent[] = [];
  let opened = run.opened ?? 0;
  for (let second = 0; second < count; second++) {
    const ended = run.requests.filter((_, i) => Math.floor((ends[i] ?? 0) / 1000) === second);
    const sessionsEnded = sessions.filter((step) => Math.floor(endOf(step) / 1000) === second);
    const opening = Math.min(opened, ended.length);
    opened -= opening;
    const lateness = new SparseHistogram();
    for (const { late, row } of ended)
      lateness.record(micros(late === undefined ? 100 + row * 50 : Math.round(late * 1000)));
    const connect = new SparseHistogram();
    const tls = new SparseHistogram();
    for (let i = 0; i < opening; i++) {
      connect.record(micros(400 + (run.tls ?? 0) * 1000));
      if (run.tls !== undefined) tls.record(micros(run.tls * 1000));
    }
    const examples = [
      ...ended.flatMap((request) => exampleOf(request, second, false)),
      // A set-up as a whole has no text of its own: that of its request says it.
      ...sessionsEnded.filter(({ row }) => row > 0).flatMap((step) => exampleOf(step, second, true)),
    ];
    const readings = (run.monitored?.(second) ?? []).flatMap((reading, monitor) =>
      reading === null ? [] : [plantReading(second, monitor, reading)],
    );
    events.push(...examples, ...readings, {
      kind: 'second',
      second,
      users: run.users?.(second) ?? header.profile.peak,
      started: run.requests.filter(({ at }) => Math.floor(at) === second).length,
      cells: cellsOf(ended, header.profile),
      sessions: cellsOf(sessionsEnded, header.profile),
      sessionsLost: run.sessionsLost?.(second) ?? 0,
      lateness: lateness.encode(),
      connections: {
        opened: opening,
        reused: ended.length - opening,
        retried: second === 0 ? (run.retried ?? 0) : 0,
        resumed: 0,
      },
      connect: connect.encode(),
      tls: tls.encode(),
      threads: run.threads?.(second) ?? [],
      processes: run.processes?.(second) ?? [],
      dropped: run.dropped?.(second) ?? 0,
    });
    const timings = Object.entries(run.timed?.(second) ?? {}).map(([name, times]) => ({
      name,
      values: encoded(times),
    }));
    if (timings.length > 0) events.push({ kind: 'hooks', second, counters: [], timings, troubles: [] });
  }
  const last = millis(Math.max(0, ...ends, ...sessions.map(endOf)));
  if (run.end === undefined) events.push({ kind: 'end', reason: 'completed', at: last, started: run.requests.length });
  else if (run.end !== null) events.push(run.end);
  return { header, events: () => events };
}

function encoded(times: readonly number[]): EncodedHistogram {
  const histogram = new SparseHistogram();
  for (const ms of times) histogram.record(micros(Math.round(ms * 1000)));
  return histogram.encode();
}

const plantReading = (
  second: number,
  monitor: number,
  [cpu, memory]: readonly [number | null, number | null],
): MonitorEvent => ({ kind: 'monitor', second, at: millis(1000 * second + 1004), monitor, cpu, memory });

function cellsOf(requests: readonly Planted[], profile: LoadProfile): Cell[] {
  const collectors = new Map<string, { row: number; phase: number; tally: TallyCollector }>();
  for (const { row, at, ms, failed, bytesReceived, firstEvent = Number.NaN, late = 0 } of requests) {
    const phase = profile.phases.findIndex(({ end }) => at < end);
    const key = `${phase} ${row}`;
    const cell = collectors.get(key) ?? { row, phase, tally: new TallyCollector() };
    collectors.set(key, cell);
    cell.tally.record({
      row,
      due: millis(at * 1000),
      handed: millis(at * 1000 + late),
      sent: millis(at * 1000 + late),
      firstByte: millis(at * 1000 + ms - 0.125 * (ms - late)),
      firstEvent: millis(at * 1000 + firstEvent),
      ended: millis(at * 1000 + ms),
      outcome: failed ? failure(failed[0], failed[2] ?? '', failed[1]) : success,
      bytesSent: 200,
      bytesReceived: bytesReceived ?? 400,
    });
  }
  return [...collectors.values()].map(({ row, phase, tally }) => ({ row, phase, tally: tally.encode() }));
}

const endOf = ({ at, ms }: Planted): number => at * 1000 + ms;

function exampleOf({ row, failed }: Planted, second: number, session: boolean): ExampleEvent[] {
  if (!failed?.[2]) return [];
  return [{ kind: 'example', second, session, row, failure: failed[0], status: failed[1], text: failed[2] }];
}

/** A load thread in one second whose timer came back `delays` ms late. */
export function plantThread(
  delays: readonly number[],
  { slice = 0, utilisation = 0.2, collecting = 4 }: { slice?: number; utilisation?: number; collecting?: number } = {},
): ThreadSecond {
  return { slice, delay: encoded(delays), utilisation, collecting: millis(collecting) };
}

/** What a session over Streamable HTTP takes: its set-up as a whole, then the requests one by one. */
export const mcpSessionRows: RecordHeader['sessionRows'] = [
  { id: 'session', name: 'MCP Session Setup' },
  { id: 'initialize', name: 'initialize' },
  { id: 'initialized', name: 'initialized' },
  { id: 'end', name: 'end' },
];

/** A set-up that begins at a time: two requests of `ms` each, of which the first may fail, and the whole. */
export function plantSetUp(at: number, ms: number, failed?: Planted['failed']): Planted[] {
  if (failed) return [0, 1].map((row) => ({ row, at, ms, failed }));
  return [
    { row: 0, at, ms: 2 * ms },
    { row: 1, at, ms },
    { row: 2, at: at + ms / 1000, ms },
  ];
}

/** Requests of one row every `every` seconds from `from` until `to`, each of `ms(i)` ms. */
export function steadyRequests(
  row: number,
  [from, to]: readonly [number, number],
  every: number,
  ms: (index: number) => number,
): Planted[] {
  const requests: Planted[] = [];
  for (let i = 0; from + i * every < to; i++) requests.push({ row, at: from + i * every, ms: ms(i) });
  return requests;
}
