import { describe, expect, test } from 'vitest';
import { millis } from '../core/units.ts';
import { decodeEvent, decodeHeader, encodeLine } from './codec.ts';
import type { HooksEvent } from './hooks-event.ts';
import type { MonitorEvent } from './monitor.ts';
import type { RecordHeader } from './record.ts';
import type { EndEvent, ExampleEvent, RunEvent, SecondEvent } from './run-event.ts';

const header: RecordHeader = {
  kind: 'header',
  format: 'sqload-record',
  version: 3,
  sqload: '0.1.0',
  node: '20.20.2',
  startedAt: '2025-01-01T12:00:00.000Z',
  scenario: 'ramp',
  target: { address: 'http://127.0.0.1:8000', builtIn: null },
  seed: '42',
  rows: [{ id: 'health', name: 'Health Check', method: 'GET' }],
  sessionRows: [],
  monitors: [{ name: 'db', source: 'process 7', slice: 0, cpu: { amount: 4, of: 'this machine' }, memory: null }],
  profile: {
    phases: [{ name: 'hold', start: 0, end: 10, steady: true }],
    points: [{ at: millis(0), users: 5 }],
    peak: 5,
    arrivals: null,
    seconds: 10,
    steady: { start: 0, end: 10 },
  },
  load: {
    thinkMin: millis(0),
    thinkMax: millis(0),
    timeout: millis(60_000),
    stopTimeout: millis(30_000),
    expectedShare: [1],
    steadyCeiling: Number.POSITIVE_INFINITY,
  },
  thresholds: [{ text: 'p95<500ms', source: 'default' }],
  settings: { host: { value: 'http://127.0.0.1:8000', from: 'flag' } },
  slices: { count: 1, parts: [{ index: 0, startedAt: '2025-01-01T12:00:00.000Z' }] },
  workers: 1,
  allowed: { saturated: false, dropped: false },
  preflight: { requests: 2 },
};

const second: SecondEvent = {
  kind: 'second',
  second: 3,
  users: 5,
  started: 2,
  sessions: [],
  sessionsLost: 0,
  cells: [
    {
      row: 0,
      phase: 0,
      tally: {
        ok: [900, 1100, 2000, 900, 1, 1100, 1],
        failed: [],
        service: [800, 1000, 1800, 800, 1, 1000, 1],
        firstByte: [700, 900, 1600, 700, 1, 900, 1],
        firstEvent: [],
        failures: [['http-5xx', 503, 1]],
        bytesSent: 10,
        bytesReceived: 20,
      },
    },
  ],
  lateness: [1, 1, 2, 1, 2],
  connections: { opened: 1, reused: 1, retried: 0, resumed: 0 },
  connect: [500, 500, 500, 500, 1],
  tls: [300, 300, 300, 300, 1],
  dropped: 1,
  threads: [{ slice: 0, delay: [400, 400, 400, 400, 1], utilisation: 0.25, collecting: millis(1.5) }],
  processes: [{ cpu: 0.3, memory: 90_000_000 }],
};
const example: ExampleEvent = {
  kind: 'example',
  session: false,
  second: 3,
  row: 0,
  failure: 'reset',
  status: 0,
  text: 'line\u2028 "two"\n',
};
const hooks: HooksEvent = {
  kind: 'hooks',
  second: 3,
  counters: [{ name: 'found', sum: 0.5 }],
  timings: [{ name: 'lookup', values: [500, 500, 500, 500, 1] }],
  troubles: [{ hook: 'second', message: 'threw', trace: 'at\nfile', count: 1 }],
};
const monitor: MonitorEvent = { kind: 'monitor', second: 3, at: millis(4001.5), monitor: 0, cpu: 1.25, memory: null };
const end: EndEvent = { kind: 'end', reason: 'completed', at: millis(10_000.5), started: 2 };

describe('encodeLine() and the decoders', () => {
  test.each<[string, RunEvent]>([
    ['second', second],
    ['example', example],
    ['hooks', hooks],
    ['monitor', monitor],
    ['end', end],
  ])('give a %s event back', (_, event) => {
    const line = encodeLine(event);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(decodeEvent(line)).toEqual(event);
  });

  test.each([Number.POSITIVE_INFINITY, 200])('give a header back whose ceiling is %s', (steadyCeiling) => {
    const whole = { ...header, load: { ...header.load, steadyCeiling } };
    expect(decodeHeader(encodeLine(whole))).toEqual(whole);
  });

  test.each([Number.NaN, Number.NEGATIVE_INFINITY])('refuse to write %s', (at) => {
    expect(() => encodeLine({ ...end, at: millis(at) })).toThrow('cannot hold');
  });
});

describe('decodeHeader()', () => {
  const changed = (change: object): string => JSON.stringify({ ...header, ...change });

  test.each([
    ['{}', 'not the first line of an sqload record'],
    [JSON.stringify(end), 'not the first line of an sqload record'],
    [changed({ format: 'other' }), 'not the first line of an sqload record'],
    [changed({ version: 1 }), 'version 1; this sqload reads version 3'],
    [changed({ startedAt: 'yesterday' }), 'startedAt'],
    [
      changed({ monitors: [{ name: 'db', source: 'x', slice: 0, cpu: { amount: 0, of: '' }, memory: null }] }),
      'amount',
    ],
    [changed({ monitors: undefined }), 'monitors'],
    [changed({ rows: [{ id: 'x', name: 'x', method: 'PUT' }] }), 'rows[0].method'],
  ])('refuses %.60s', (text, message) => {
    expect(() => decodeHeader(text)).toThrow(message);
  });

  test('tells what is not JSON by a SyntaxError', () => {
    expect(() => decodeHeader('{"kind":"hea')).toThrow(SyntaxError);
  });
});

describe('decodeEvent()', () => {
  test.each([
    ['{"kind":"later"}', /kind/],
    ['7', /object/],
    [JSON.stringify({ ...end, reason: 'bored' }), /reason/],
    [JSON.stringify({ ...example, session: undefined }), /session/],
    [JSON.stringify({ ...monitor, cpu: -0.1 }), /cpu/],
    [JSON.stringify({ ...monitor, memory: undefined }), /memory/],
    [JSON.stringify({ ...monitor, monitor: 'db' }), /monitor/],
    [JSON.stringify({ ...end, at: null }), /at: must be a number of milliseconds/],
    [JSON.stringify({ ...second, users: -1 }), /users/],
    [JSON.stringify({ ...second, cells: [{ row: 0, phase: 0, tally: {} }] }), /cells\[0\]\.tally\.ok/],
    ...[[1], [1, 1, 1, 1], [1, 1, 1, 2, 1, 1, 1], [1, 1, 1, 99_999, 1], [1, 1, 1, 1, -1], [1, 1, 1, '1', 1]].map(
      (connect): [string, RegExp] => [JSON.stringify({ ...second, connect }), /connect: must be a histogram/],
    ),
  ])('refuses %.80s', (text, message) => {
    expect(() => decodeEvent(text)).toThrow(message);
  });

  test('tells what is not JSON by a SyntaxError', () => {
    expect(() => decodeEvent(encodeLine(second).slice(0, -3))).toThrow(SyntaxError);
  });
});
