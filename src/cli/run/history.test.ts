import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseHistory } from '../../report/run-history.ts';
import { fakeHost } from '../../testing/fake-host.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { runVirtually, virtualMachinery } from '../../testing/virtual-machinery.ts';

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'sqload-history-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

/** Runs a command in virtual time, with `out` for its results; `midway` happens at 10 s of it. */
async function sqload(argv: readonly string[], midway: () => void = () => {}, env: Record<string, string> = {}) {
  const clock = new VirtualClock();
  const host = fakeHost({ argv: [...argv, '--out', out], env });
  const meddle = async (): Promise<void> => {
    await clock.until(10_000 as never);
    midway();
  };
  void meddle();
  const code = await runVirtually(host, clock, virtualMachinery(clock));
  return { code, ...host.written };
}

const brief = ['spike', '--users', '50', '--run-time', '30s', '--seed', '1', '--no-default-thresholds'];
const judged = [...brief, '--threshold', 'p95<500ms'];
const lines = () => parseHistory(readFileSync(join(out, 'history.csv'), 'utf8')).runs;
const folders = (): string[] => readdirSync(out).filter((name) => name !== 'history.csv');

describe('history.csv', () => {
  test('has a line for each run, with its label, its figures and its folder', async () => {
    await sqload([...judged, '--label', 'main']);
    const failing = await sqload([...judged, '--mock-fault', '500:50%'], () => {}, { SQLOAD_LABEL: 'v2' });
    expect(lines()).toHaveLength(2);
    const summary = JSON.parse(readFileSync(join(out, lines()[0]?.path ?? '', 'summary.json'), 'utf8'));
    expect(lines()[0]).toEqual({
      time: summary.started_at,
      scenario: 'spike',
      label: 'main',
      requests: summary.total.requests,
      p50: summary.total.ok.p50_ms,
      p95: summary.total.ok.p95_ms,
      p99: summary.total.ok.p99_ms,
      adjustedP95: summary.total.adjusted.p95_ms,
      errorRate: 0,
      throughput: expect.closeTo(summary.phases[2].successes_per_s, 3),
      users: 50,
      usersPlanned: 50,
      rate: null,
      cpu: null,
      memory: null,
      path: folders()[0],
      exitCode: 0,
      verdict: 'passed',
    });
    expect(failing.code).toBe(1);
    expect(lines()[1]).toMatchObject({ label: 'v2', adjustedP95: 'beyond-failures', exitCode: 1, verdict: 'failed' });
    expect(lines()[1]?.errorRate).toBeGreaterThan(0.3);
  });

  test('tells the users that were there, and those that were planned: --until-broken ends where it broke', async () => {
    const climb = ['sustained', '-u', '100', '-t', '90s', '--until-broken', '--mock-capacity', '4'];
    await sqload([...climb, '--mock-latency', '150ms', '--seed', '1']);
    const { run } = JSON.parse(readFileSync(join(out, lines()[0]?.path ?? '', 'summary.json'), 'utf8'));
    expect(run.end).toBe('broke');
    expect(lines()[0]).toMatchObject({ users: run.users_peak, usersPlanned: 400, rate: null });
    expect(lines()[0]?.users).toBeLessThan(200);
  });

  test('tells how many users open load brought, though none was planned', async () => {
    await sqload(['sustained', '--rate', '2/s', '-t', '60s', '--seed', '1', '--no-default-thresholds']);
    expect(lines()[0]).toMatchObject({ users: expect.any(Number), usersPlanned: 0, rate: 2 });
    expect(lines()[0]?.users).toBeGreaterThan(2);
  });

  test('tells slices once, when they are merged', async () => {
    const slice = (which: string) =>
      sqload([...judged, '--host', 'http://127.0.0.1:8000', '--slice', which, '--label', which]);
    await slice('1/2');
    await slice('2/2');
    expect(existsSync(join(out, 'history.csv'))).toBe(false);
    const merged = await sqload(['merge', ...folders().map((name) => join(out, name))]);
    expect(merged.code).toBe(0);
    expect(lines()).toEqual([expect.objectContaining({ label: '1/2', verdict: 'passed' })]);
    expect(readdirSync(join(out, lines()[0]?.path ?? ''))).toContain('record.ndjson');
  });

  test('that is something else is told before the load, and left alone', async () => {
    writeFileSync(join(out, 'history.csv'), 'mine\n');
    const run = await sqload(judged);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('history.csv: it is another file than sqload would write there');
    expect(folders()).toEqual([]);
    expect(readFileSync(join(out, 'history.csv'), 'utf8')).toBe('mine\n');
  });

  test('that cannot be written when the run is over makes exit code 4, and loses nothing else', async () => {
    const run = await sqload(judged, () => mkdirSync(join(out, 'history.csv')));
    expect(run.code).toBe(4);
    expect(run.stdout).toMatch(/^Passed/m);
    expect(run.stderr).toContain('history.csv: it is no file');
    expect(readdirSync(join(out, folders()[0] ?? ''))).toEqual(
      expect.arrayContaining(['record.ndjson', 'summary.json']),
    );
  });
});

test.each([
  ['a\nb', 'must be one line of printable text'],
  ['x'.repeat(201), 'must have at most 200 characters'],
])('--label %j is refused', async (label, why) => {
  const run = await sqload([...judged, '--label', label]);
  expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(why)]);
});
