import { afterAll, describe, expect, test, vi } from 'vitest';
import type { FaultKind } from '../../src/mock/fault.ts';
import { type RealRun, realRun, received, removeRuns } from './real-run.ts';

afterAll(removeRuns);
vi.setConfig({ maxConcurrency: 8 });

// Many of these runs share one thread, so that sqload may well find itself too late to be sure of its numbers.
const load = [
  ...['sustained', '-u', '5', '-r', '20/s', '-t', '2s', '--think', '50ms', '--mix', 'initial=1,follow-up=2'],
  '--allow-saturated',
];
/** Only a server that hangs needs short limits: many runs share this thread, and may wait for each other. */
const impatient = ['--timeout', '600ms', '--stop-timeout', '300ms'];
const own = ['--no-default-thresholds', '--threshold'];

/** Runs with one fault and checks what holds for every run: each request is counted once, and the server saw as many. */
async function runWith(fault: string, ...more: string[]): Promise<RealRun & { readonly hits: number }> {
  const run = await realRun([...load, '--mock-latency', '20ms', '--mock-fault', fault, ...more]);
  const { server } = run;
  if (server === null) throw new Error('The built-in server was not started.');
  const { run: facts, total, failures, connections } = run.summary();
  expect(facts.end).toBe('completed');
  expect(total.requests).toBe(facts.requests_started);
  expect(failures.reduce((sum, { count }) => sum + count, 0)).toBe(total.failures);
  expect(run.seconds().reduce((sum, { started }) => sum + started, 0)).toBe(facts.requests_started);
  expect(received(server)).toBe(facts.requests_started + connections.retried);
  expect(server.preflight).toBe(1);
  const hits = server.faults[fault.split(/[:@]/)[0] as FaultKind];
  expect(hits).toBeGreaterThan(0);
  return { ...run, hits };
}

const kindsOf = (run: RealRun): readonly string[] => [
  ...new Set(run.summary().failures.map(({ kind, http_status }) => `${kind} ${http_status ?? '-'}`)),
];

describe.concurrent('a fault over real sockets', () => {
  test.each([
    ['500', 'http-5xx 500'],
    ['429', 'http-4xx 429'],
    ['reset', 'reset -'],
    ['truncated', 'reset -'],
    ['not-json', 'not-json 200'],
    ['missing-ids', 'missing-field 200'],
  ])('%s on every request: every request fails as %s, the run ends at its time and fails', async (fault, kind) => {
    const run = await runWith(fault, '--no-default-thresholds');
    const { total, connections } = run.summary();
    expect(kindsOf(run)).toEqual([kind]);
    expect(total.failures).toBe(total.requests);
    expect(total.failures).toBe(run.hits);
    expect(connections.retried).toBe(0);
    expect(run.code).toBe(1);
  });

  test.each([
    ['500:30%', 'http-5xx 500'],
    ['429:30%', 'http-4xx 429'],
    ['truncated:30%', 'reset -'],
    ['not-json:30%', 'not-json 200'],
    ['missing-ids:30%', 'missing-field 200'],
  ])('%s: as many failures of the kind %s as the server planted', async (fault, kind) => {
    const run = await runWith(fault, ...own, 'error_rate<1%');
    const { total, connections } = run.summary();
    expect(kindsOf(run)).toEqual([kind]);
    expect(total.failures).toBe(run.hits);
    expect(total.failures).toBeLessThan(total.requests);
    expect(connections.retried).toBe(0);
    expect(run.code).toBe(1);
  });

  test('reset:30%: a reset of a used connection is retried once in sight, the others are failures', async () => {
    const run = await runWith('reset:30%', ...own, 'error_rate<1%');
    const { total, connections } = run.summary();
    expect(kindsOf(run)).toEqual(['reset -']);
    expect(connections.retried).toBeGreaterThan(0);
    expect(total.failures + connections.retried).toBe(run.hits);
    expect(run.code).toBe(1);
  });
});

describe('a server that is slow', () => {
  test('slow on every request breaks a threshold that the server would hold', async () => {
    const run = await runWith('slow', ...own, 'p50<100ms');
    expect(run.summary().total.failures).toBe(0);
    expect(run.hits).toBe(run.summary().total.requests);
    expect(run.code).toBe(1);
  });

  test('slow on a few requests leaves the median as it is, and no request fails', async () => {
    const run = await runWith('slow:20%', ...own, 'p50<150ms');
    expect(run.summary().total.failures).toBe(0);
    expect(run.hits).toBeLessThan(run.summary().total.requests);
    expect(run.code).toBe(0);
  });
});

describe('a server that hangs', () => {
  test.each(['hang', 'hang:30%'])('%s: timeouts while the run lasts, unfinished at its end', async (fault) => {
    const run = await runWith(fault, ...impatient, ...own, 'error_rate<1%');
    const { total, failures } = run.summary();
    expect(kindsOf(run)).toContain('timeout -');
    for (const { kind } of failures) expect(['timeout', 'unfinished']).toContain(kind);
    expect(total.failures).toBe(run.hits);
    expect(run.code).toBe(1);
  });

  test('hang at the end of the run: what is in flight then is unfinished, and counted', async () => {
    const run = await runWith('hang@1500ms-', '--timeout', '5s', '--stop-timeout', '300ms', ...own, 'error_rate<1%');
    expect(kindsOf(run)).toEqual(['unfinished -']);
    expect(run.summary().total.failures).toBe(5);
    expect(run.code).toBe(1);
  });
});
