import { z } from 'zod';
import { bug } from '../core/errors.ts';
import { failureKinds } from '../core/failure.ts';
import type { Millis, PerSecond } from '../core/units.ts';
import type { EncodedHistogram } from '../metrics/encoded-histogram.ts';
import { histogramShape } from '../metrics/histogram-shape.ts';
import { arrivalProcesses } from '../workload/load-profile.ts';
import type { RecordHeader } from './record.ts';
import { endReasons, type RunEvent } from './run-event.ts';

const format = 'sqload-record';
const version = 3;

/**
 * One line of a record, with its end of line.
 * @throws SqloadError (a bug) on a number that JSON has no word for; an unlimited `steadyCeiling` is written as null.
 */
export function encodeLine(line: RecordHeader | RunEvent): string {
  const writable = line.kind === 'header' ? withoutInfinity(line) : line;
  return `${JSON.stringify(writable, onlyFinite)}\n`;
}

/** Reads the first line of a record. @throws SyntaxError when it is not JSON, Error when it is something else. */
export function decodeHeader(text: string): RecordHeader {
  const json: unknown = JSON.parse(text);
  const kind = kindSchema.safeParse(json);
  if (!kind.success || kind.data.format !== format) throw new Error('this is not the first line of an sqload record');
  if (kind.data.version !== version)
    throw new Error(`this record has version ${kind.data.version}; this sqload reads version ${version}`);
  return parse(headerSchema, json);
}

/** Reads a later line of a record. @throws SyntaxError when it is not JSON, Error when it is something else. */
export function decodeEvent(text: string): RunEvent {
  return parse(eventSchema, JSON.parse(text));
}

const withoutInfinity = (header: RecordHeader): unknown =>
  header.load.steadyCeiling === Number.POSITIVE_INFINITY
    ? { ...header, load: { ...header.load, steadyCeiling: null } }
    : header;

function onlyFinite(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw bug(`A record cannot hold ${value} as "${key === '' ? 'line' : key}".`);
  return value;
}

function parse<T>(schema: z.ZodType<T>, json: unknown): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new Error(result.error.issues.map(describeIssue).join('; '));
}

function describeIssue({ path, message }: z.core.$ZodIssue): string {
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return place === '' ? message : `${place.replace(/^\./, '')}: ${message}`;
}

const text = z.string();
const count = z.number().int().nonnegative();
const time = z.custom<Millis>((value) => Number.isFinite(value), 'must be a number of milliseconds');
const share = z.number().nonnegative();
const limit = z.object({ amount: z.number().positive().nullable(), of: text });
const method = z.enum(['GET', 'POST', 'DELETE']);

// Most of a record is histograms: looking at their numbers by hand is ten times as fast.
const histogram = z.custom<EncodedHistogram>(isHistogram, 'must be a histogram: [] or [min, max, sum, slot, count, …]');

function isHistogram(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  if (value.length === 0) return true;
  if (value.length < 5 || value.length % 2 === 0) return false;
  for (let i = 0; i < value.length; i++) if (!Number.isSafeInteger(value[i]) || value[i] < 0) return false;
  let before = -1;
  for (let i = 3; i < value.length; i += 2) {
    if (value[i] <= before || value[i] >= histogramShape.slots) return false;
    before = value[i];
  }
  return true;
}

const tally = z.object({
  ok: histogram,
  failed: histogram,
  service: histogram,
  firstByte: histogram,
  firstEvent: histogram,
  failures: z.array(z.tuple([z.enum(failureKinds), count, count])),
  bytesSent: count,
  bytesReceived: count,
});

const cells = z.array(z.object({ row: count, phase: count, tally }));

const eventSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('second'),
    second: count,
    users: count,
    started: count,
    dropped: count,
    cells,
    sessions: cells,
    sessionsLost: count,
    lateness: histogram,
    connections: z.object({ opened: count, reused: count, retried: count, resumed: count }),
    connect: histogram,
    tls: histogram,
    threads: z.array(z.object({ slice: count, delay: histogram, utilisation: z.number(), collecting: time })),
    processes: z.array(z.object({ cpu: z.number(), memory: count })),
  }),
  z.object({
    kind: z.literal('monitor'),
    second: count,
    at: time,
    monitor: count,
    cpu: share.nullable(),
    memory: share.nullable(),
  }),
  z.object({
    kind: z.literal('counted'),
    source: text,
    counts: z.enum(['questions', 'requests']),
    before: z.number().nonnegative(),
    after: z.number().nonnegative(),
  }),
  z.object({
    kind: z.literal('example'),
    second: count,
    session: z.boolean(),
    row: count,
    failure: z.enum(failureKinds),
    status: count,
    text,
  }),
  z.object({
    kind: z.literal('hooks'),
    second: count,
    counters: z.array(z.object({ name: text, sum: z.number() })),
    timings: z.array(z.object({ name: text, values: histogram })),
    troubles: z.array(z.object({ hook: text, message: text, trace: text, count })),
  }),
  z.object({
    kind: z.literal('end'),
    reason: z.enum(endReasons),
    at: time,
    started: count,
    broke: z.object({ step: count, limits: z.array(text) }).optional(),
  }),
]);

const kindSchema = z.object({ kind: z.literal('header'), format: text, version: z.number() });

const profileSchema = z.object({
  phases: z.array(z.object({ name: text, start: count, end: count, steady: z.boolean() })),
  points: z.array(z.object({ at: time, users: z.number() })),
  peak: z.number(),
  arrivals: z
    .object({
      points: z.array(
        z.object({ at: time, rate: z.custom<PerSecond>((value) => Number.isFinite(value), 'must be a rate') }),
      ),
      process: z.enum(arrivalProcesses),
      peak: z.custom<PerSecond>((value) => Number.isFinite(value), 'must be a rate'),
      limit: count,
    })
    .nullable(),
  seconds: count,
  steady: z.object({ start: count, end: count }).nullable(),
  steps: z.array(z.object({ phase: count, users: count, judgedFrom: count })).optional(),
});

const loadSchema = z.object({
  thinkMin: time,
  thinkMax: time,
  timeout: time,
  stopTimeout: time,
  expectedShare: z.array(z.number()),
  steadyCeiling: z
    .number()
    .nullable()
    .transform((ceiling) => ceiling ?? Number.POSITIVE_INFINITY),
});

const headerSchema = z.object({
  kind: z.literal('header'),
  format: z.literal(format),
  version: z.literal(version),
  sqload: text,
  node: text,
  startedAt: z.iso.datetime(),
  scenario: text,
  target: z.object({ address: text, builtIn: text.nullable() }),
  seed: text,
  rows: z.array(z.object({ id: text, name: text, method })),
  sessionRows: z.array(z.object({ id: text, name: text })),
  monitors: z.array(
    z.object({ name: text, source: text, slice: count, cpu: limit.nullable(), memory: limit.nullable() }),
  ),
  profile: profileSchema,
  load: loadSchema,
  thresholds: z.array(z.object({ text, source: z.enum(['default', 'scenario', 'option']) })),
  settings: z.record(z.string(), z.object({ value: text, from: text })),
  preflight: z.object({ requests: count }),
  slices: z.object({
    count,
    parts: z.array(z.object({ index: count, startedAt: z.iso.datetime(), cutAfter: count.optional() })),
  }),
  workers: count,
  allowed: z.object({ saturated: z.boolean(), dropped: z.boolean() }),
}) satisfies z.ZodType<RecordHeader>;
