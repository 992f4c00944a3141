import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLoadThreads, workerThread } from '../../src/io/load-threads.ts';
import { readRecord } from '../../src/io/record-store.ts';
import { tallyCount } from '../../src/metrics/tally.ts';
import type { SecondEvent } from '../../src/record/run-event.ts';
import { root } from '../planted-tree.ts';
import { cleanUp, emptyFolder, leftBehind, needsBuild, runFolderIn, sqload, until } from './child.ts';
import { readers, realRun, received, removeRuns } from './real-run.ts';

beforeAll(needsBuild);
afterAll(async () => {
  removeRuns();
  await cleanUp();
});

const load = ['sustained', '-u', '6', '-r', '100/s', '--think', '50ms', '--no-default-thresholds'];
/** What a busy machine does to the numbers is not what these tests are about. */
const judged = [...load, '-t', '3s', '--threshold', 'p95<2s', '--allow-saturated'];

const endedIn = (seconds: readonly SecondEvent[]): number =>
  seconds.flatMap(({ cells }) => cells).reduce((sum, { tally }) => sum + tallyCount(tally), 0);

describe('load threads of the built program', () => {
  test('--workers 2: every request is sent and counted once, and the run passes', async () => {
    const out = emptyFolder();
    const child = sqload([...judged, '--mock-latency', '5ms', '--workers', '2', '--out', out]);
    const { code, stderr } = await child.ended;
    const { run, total, connections } = readers(runFolderIn(out)).summary();
    expect({ code, failures: total.failures }).toEqual({ code: 0, failures: 0 });
    expect(total.requests).toBe(run.requests_started);
    expect(total.requests).toBeGreaterThan(100);
    expect(connections.opened).toBe(6);
    expect(stderr).toContain('2 load threads');
    expect(leftBehind(child)).toBe(false);
  });

  test('SIGINT reaches every thread: the run ends in order', async () => {
    const out = emptyFolder();
    const child = sqload([...load, '-t', '1h', '--mock-latency', '5ms', '--workers', '3', '--out', out]);
    await until(() => child.output.stderr.includes('3 load threads'));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.kill('SIGINT');
    expect((await child.ended).code).toBe(130);
    const { run, total } = readers(runFolderIn(out)).summary();
    expect(run.end).toBe('interrupted');
    expect(total).toMatchObject({ requests: run.requests_started, failures: 0 });
    expect(leftBehind(child)).toBe(false);
  });

  test('a thread that dies ends the run as invalid, with every report of what was measured', async () => {
    const worker = pathToFileURL(join(root, 'dist', 'io', 'load-worker.js')).href;
    const dying = `import { parentPort, workerData } from 'node:worker_threads';
      const die = () => { throw new Error('out of luck'); };
      parentPort.on('message', ({ kind }) => {
        if (kind === 'start' && workerData.slice.index === 1) setTimeout(die, 2300);
      });
      await import('${worker}');`;
    const file = new URL(`data:text/javascript,${encodeURIComponent(dying)}`);
    const run = await realRun([...load, '-t', '1h', '--mock-latency', '5ms', '--workers', '2'], {
      prepareLoad: (order) => startLoadThreads(order, workerThread(file)),
    });
    expect(run.code).toBe(4);
    expect(run.stderr).toContain('sqload: Load thread 2 of 2 has died: out of luck.\n');
    const { run: facts, total } = run.summary();
    expect(facts.end).toBe('thread-died');
    expect(facts.duration_s).toBeLessThan(60);
    expect(total.requests).toBe(endedIn(run.seconds()));
    expect(total.requests).toBeGreaterThan(10);
    expect(readdirSync(run.folder ?? '')).toEqual(expect.arrayContaining(['stats.csv', 'summary.json']));
    // The server has seen all that was counted, and what was in flight in the thread that died.
    expect(received(run.server ?? expect.unreachable())).toBeGreaterThanOrEqual(facts.requests_started);
  });

  test('two processes play the slices of one run, from the same time on; merged they are the whole', async () => {
    const mock = sqload(['mock', '--port', '0', '--latency', '5ms']);
    await until(() => /^http:\/\/127\.0\.0\.1:\d+\n$/.test(mock.output.stdout));
    const out = emptyFolder();
    const start = new Date(Date.now() + 9000).toISOString();
    const given = ['--host', mock.output.stdout.trim(), '--seed', '7', '--start-at', start];
    const outs = ['1', '2'].map((part) => join(out, part));
    const slices = outs.map((folder, i) => sqload([...judged, ...given, '--slice', `${i + 1}/2`, '--out', folder]));
    const ends = await Promise.all(slices.map(({ ended }) => ended));
    for (const { stderr } of ends) expect(stderr).toContain(`Ready. The load starts at ${start}`);
    const records = outs.map((folder) => readRecord(runFolderIn(folder)));
    for (const { header } of records)
      expect(Date.parse(header.startedAt) - Date.parse(start)).toBeGreaterThanOrEqual(0);

    const merged = await sqload(['merge', ...outs.map(runFolderIn), '--out', join(out, 'whole')]).ended;
    expect(merged.code).toBe(0);
    mock.kill('SIGTERM');
    const served = (await mock.ended).stderr;
    const { run, total } = readers(runFolderIn(join(out, 'whole'))).summary();
    expect(run.preflight_requests).toBe(4);
    expect(served).toContain(`Ended after ${total.requests + 4} requests`);
    expect(run.requests_started).toBe(total.requests);
    expect(records.map(({ events }) => endedIn(secondsOf(events()))).reduce((a, b) => a + b)).toBe(total.requests);
    const text = readFileSync(join(runFolderIn(join(out, 'whole')), 'record.ndjson'), 'utf8');
    const again = await sqload(['merge', ...outs.map(runFolderIn).reverse(), '--out', join(out, 'again')]).ended;
    expect(again.stdout).toBe(merged.stdout);
    expect(readFileSync(join(runFolderIn(join(out, 'again')), 'record.ndjson'), 'utf8')).toBe(text);
  }, 60_000);
});

const secondsOf = (events: Iterable<{ readonly kind: string }>): SecondEvent[] =>
  [...events].filter((event): event is SecondEvent => event.kind === 'second');
