import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMockServer } from '../../src/io/mock-server.ts';
import { readRecord } from '../../src/io/record-store.ts';
import { tallyCount } from '../../src/metrics/tally.ts';
import type { RunEvent } from '../../src/record/run-event.ts';
import { root } from '../planted-tree.ts';
import { cleanUp, emptyFolder, leftBehind, needsBuild, recordedSeconds, runFolderIn, sqload, until } from './child.ts';
import { readers } from './real-run.ts';

beforeAll(needsBuild);
afterAll(cleanUp);

const everyFile = [
  'exceptions.csv',
  'failures.csv',
  'generator.csv',
  'monitors.csv',
  'record.ndjson',
  'stats.csv',
  'stats_history.csv',
  'summary.json',
  'thresholds.csv',
];

const load = [
  ...['-u', '10', '-r', '50/s', '--think', '100ms', '--mock-latency', '10ms', '--no-default-thresholds'],
  '--allow-saturated',
];
/** A run that only a signal ends in time. */
const endless = ['sustained', '-t', '10m', ...load];

describe.concurrent('the built program', () => {
  test('--version prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(await sqload(['--version']).ended).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('an option that does not exist: one sentence on standard error, exit 2', async () => {
    const cwd = emptyFolder();
    const { code, stdout, stderr } = await sqload(['spike', '--frobnicate'], { cwd }).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^sqload: .*--frobnicate/);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('a spike on the built-in server in its thread: passes, writes all files, and leaves nothing behind', async () => {
    const cwd = emptyFolder();
    const child = sqload(['spike', '-t', '5s', ...load, '--threshold', 'p50<5s'], { cwd });
    const { code, stdout, stderr } = await child.ended;
    expect(code, stderr).toBe(0);
    expect(leftBehind(child)).toBe(false);
    expect(stderr).toContain('built-in server');
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^Passed/);
    const folder = runFolderIn(join(cwd, 'reports'));
    expect(readdirSync(folder).sort()).toEqual(everyFile);
    expect(readers(folder).summary().total).toMatchObject({ failures: 0 });
    const again = await sqload(['report', folder]).ended;
    expect(again).toMatchObject({ code, stdout, stderr: '' });
  });
});

describe.concurrent('a run that is ended from outside', () => {
  test('kill -9: the record reports up to its last whole second, as cut short', async () => {
    const out = emptyFolder();
    const child = sqload([...endless, '--out', out]);
    await until(() => recordedSeconds(out) >= 2);
    child.kill('SIGKILL');
    expect(await child.ended).toMatchObject({ code: null, signal: 'SIGKILL', stdout: '' });
    expect(leftBehind(child)).toBe(false);

    const folder = runFolderIn(out);
    const whole = wholeSecondsIn(folder);
    expect(whole.map(({ second }) => second)).toEqual(whole.map((_, i) => i));
    const report = await sqload(['report', folder, '--csv', join(out, 'cut')]).ended;
    expect(report.code).toBe(3);
    expect(report.stdout).toMatch(/cut short/i);
    const ended = whole.flatMap(({ cells }) => cells).reduce((sum, { tally }) => sum + tallyCount(tally), 0);
    expect(aggregatedRequests(join(out, 'cut_stats.csv'))).toBe(ended);
    expect(ended).toBeGreaterThan(0);
  });

  test.each([
    ['SIGINT', 130, 'interrupted'],
    ['SIGTERM', 143, 'terminated'],
  ] as const)(
    '%s: requests in flight are waited for, every report is written, exit %i',
    async (signal, code, reason) => {
      const out = emptyFolder();
      const child = sqload([...endless, '--mock-fault', 'slow:20%', '--out', out]);
      await until(() => recordedSeconds(out) >= 1);
      child.kill(signal);
      const run = await child.ended;
      expect(run.code).toBe(code);
      expect(leftBehind(child)).toBe(false);
      const folder = runFolderIn(out);
      expect(readdirSync(folder).sort()).toEqual(everyFile);
      const { run: facts, total } = readers(folder).summary();
      expect(facts.end).toBe(reason);
      expect(total).toMatchObject({ requests: facts.requests_started, failures: 0 });
      expect(await sqload(['report', folder]).ended).toMatchObject({ code, stdout: run.stdout });
    },
  );

  test('SIGINT while the server hangs: what is in flight gets the stop timeout where that is shorter than 5 s, and is unfinished', async () => {
    const out = emptyFolder();
    const child = sqload([...endless, '--mock-fault', 'hang@500ms-', '--stop-timeout', '500ms', '--out', out]);
    await until(() => recordedSeconds(out) >= 2);
    child.kill('SIGINT');
    expect((await child.ended).code).toBe(130);
    const { failures, run: facts } = readers(runFolderIn(out)).summary();
    expect(failures.map(({ kind }) => kind)).toContain('unfinished');
    expect(failures.reduce((sum, { count }) => sum + count, 0)).toBe(10);
    expect(facts.end).toBe('interrupted');
  });

  test('a second SIGINT leaves at once: no more reports, and a record that can be read', async () => {
    const out = emptyFolder();
    const child = sqload([...endless, '--mock-fault', 'hang@500ms-', '--out', out]);
    await until(() => recordedSeconds(out) >= 2);
    child.kill('SIGINT');
    await until(() => child.output.stderr.includes('once more to leave at once'));
    child.kill('SIGINT');
    expect(await child.ended).toMatchObject({ code: 130, stdout: '' });
    expect(leftBehind(child)).toBe(false);
    const folder = runFolderIn(out);
    expect(readdirSync(folder)).toEqual(['record.ndjson']);
    const report = await sqload(['report', folder]).ended;
    expect(report.code).toBe(3);
    expect(report.stdout).toMatch(/cut short/i);
  });
});

describe.concurrent('sqload mock', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('prints its address, serves, and ends on %s with 0', async (signal) => {
    const child = sqload(['mock', '--port', '0', '--latency', '5ms']);
    await until(() => /^http:\/\/127\.0\.0\.1:\d+\n$/.test(child.output.stdout));
    const address = child.output.stdout.trim();
    expect((await fetch(`${address}/health`)).status).toBe(200);
    child.kill(signal);
    const { code, stdout, stderr } = await child.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${address}\n` });
    expect(stderr).toMatch(/Ended after 1 request\b/);
    expect(leftBehind(child)).toBe(false);
  });

  test('a port that is taken: one sentence, exit 2', async () => {
    const server = await startMockServer();
    const port = new URL(server.address).port;
    const { code, stdout, stderr } = await sqload(['mock', '--port', port]).ended;
    await server.close();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^sqload: Port \d+ of 127\.0\.0\.1 is in use/);
  });
});

describe.concurrent('output that nobody reads', () => {
  test('sqload report | head: a reader that went away is no error', async () => {
    const out = emptyFolder();
    const run = await sqload(['sustained', '-t', '1s', ...load, '--out', out]).ended;
    const child = sqload(['report', runFolderIn(out)]);
    child.process.stdout?.destroy();
    expect(await child.ended).toMatchObject({ code: run.code, stderr: '' });
  });

  test('a run whose standard output and error are closed still ends by itself and writes its reports', async () => {
    const out = emptyFolder();
    const child = sqload(['sustained', '-t', '3s', ...load, '--threshold', 'p50<5s', '--out', out]);
    child.process.stdout?.destroy();
    child.process.stderr?.destroy();
    expect((await child.ended).code).toBe(0);
    expect(readdirSync(runFolderIn(out)).sort()).toEqual(everyFile);
  });
});

test.concurrent('.env in the working directory: flag over environment over .env over scenario over default, and dotenv is silent', async () => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, '.env'), 'SQLOAD_USERS=7\nSQLOAD_THINK=9s\nSQLOAD_TIMEOUT=9s\nSQLOAD_API_KEY=hush-hush\n');
  const env = { SQLOAD_USERS: '8', SQLOAD_THINK: '1s' };
  const { code, stdout, stderr } = await sqload(['spike', '--users', '9', '--print-config'], { cwd, env }).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^ *users +9 +flag/m);
  expect(stdout).toMatch(/^ *think +1s +environment/m);
  expect(stdout).toMatch(/^ *timeout +9s +\.env/m);
  expect(stdout).toMatch(/^ *spawn-rate +100\/s +scenario file/m);
  expect(stdout).toMatch(/^ *stop-timeout +30s +default/m);
  expect(stdout).toMatch(/^ *api-key +set \(from \.env\)/m);
  expect(stdout).not.toMatch(/dotenv|hush-hush/i);
  expect(readdirSync(cwd)).toEqual(['.env']);
});

/** What the record holds, read by another way than the report takes: line by line, the cut one left out. */
function wholeSecondsIn(folder: string): Extract<RunEvent, { kind: 'second' }>[] {
  const lines = readFileSync(join(folder, 'record.ndjson'), 'utf8').split('\n').slice(0, -1);
  const seconds = [...readRecord(folder).events()].filter((event) => event.kind === 'second');
  expect(seconds).toHaveLength(lines.filter((line) => line.includes('"kind":"second"')).length);
  return seconds;
}

function aggregatedRequests(path: string): number {
  const lines = readFileSync(path, 'utf8').split('\r\n');
  const column = (lines[0] ?? '').split(',').indexOf('Request Count');
  const row = lines.find((line) => line.split(',')[1] === 'Aggregated');
  return Number(row?.split(',')[column]);
}
