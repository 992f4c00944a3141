import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { LiveEvent } from '../../report/live-event.ts';
import type { SimulatedServerOptions } from '../../testing/simulated-server.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { virtualMachinery } from '../../testing/virtual-machinery.ts';
import { at } from '../../testing/virtual-run.ts';
import { compareThresholds } from '../../verdict/compare-thresholds.ts';
import { readRun } from '../run/read-run.ts';
import { runReport } from '../run/run-report.ts';
import { type RunRequest, startRun } from './library-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'sqload-library-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const brief: RunRequest = { scenario: 'spike', users: 50, runTime: '30s', seed: 1 };
const around = { cwd: folder, nodeVersion: '20.18.1', env: { SQLOAD_USERS: '7' } };

function start(
  request: RunRequest,
  { server, script }: { server?: Partial<SimulatedServerOptions>; script?: (clock: VirtualClock) => void } = {},
) {
  const clock = new VirtualClock();
  script?.(clock);
  const load = startRun(request, around, virtualMachinery(clock, server));
  const events: LiveEvent[] = [];
  const heard = (async () => {
    for await (const event of load) events.push(event);
  })();
  return { load, events, heard, result: clock.run(load.result) };
}

const kinds = (events: readonly LiveEvent[]): string =>
  events
    .map(({ kind }) => kind)
    .join(' ')
    .replace(/(second )+/g, 'second ');

describe('startRun()', () => {
  test('plays a run in memory: its events in order, and what it means', async () => {
    const { events, heard, result } = start(brief);
    const { verdict, exitCode, summary, folder: written, trouble, record, text, files } = await result;
    await heard;
    expect(kinds(events)).toBe('testStart phase second phase second phase second phase second testStop verdict');
    expect(events[0]).toMatchObject({ scenario: 'spike', users: 50, plannedSeconds: 30, seed: '1' });
    const seconds = events.filter((event) => event.kind === 'second');
    expect(seconds.reduce((sum, { requests }) => sum + requests, 0)).toBe(summary.total.requests);
    expect(seconds.some(({ p95, users }) => p95 !== null && p95 > 100 && users === 50)).toBe(true);
    expect(events.at(-1)).toMatchObject({ kind: 'verdict', outcome: verdict.outcome, folder: null });
    expect({ exitCode, written, trouble }).toEqual({ exitCode: verdict.exitCode, written: null, trouble: null });
    expect(text().trimEnd().split('\n').at(-1)).toBe(verdict.sentence);
    expect(files().map(({ name }) => name)).toContain('summary.json');
    expect([...record.events()].at(-1)?.kind).toBe('end');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('with out it writes what the command line writes, and reading it again gives the same report', async () => {
    const out = join(folder, 'written');
    const { result } = start({ ...brief, out, csv: join(out, 'csv', 'today') });
    const run = await result;
    expect(run.folder).toContain(out);
    expect(readdirSync(run.folder ?? '')).toEqual(expect.arrayContaining(['record.ndjson', 'summary.json']));
    expect(readdirSync(join(out, 'csv'))).toContain('today_stats.csv');
    expect(runReport(readRun(run.folder ?? '')).text()).toBe(run.text());
    rmSync(out, { recursive: true });
  });

  test('tells the first failure of each kind, and a failing server is a result', async () => {
    const { events, heard, result } = start({ ...brief, mockFaults: ['500:20%'] });
    const { exitCode } = await result;
    await heard;
    const failures = events.filter((event) => event.kind === 'firstFailure');
    expect(failures.map(({ row }) => row).sort()).toEqual(['follow-up', 'health', 'initial']);
    expect(failures[0]).toMatchObject({ failure: 'http-5xx', status: 500, session: false });
    expect(exitCode).toBe(1);
  });

  test('an abort within the load ends it in order; the reports are there', async () => {
    const stop = new AbortController();
    const { events, heard, result } = start(
      { ...brief, signal: stop.signal },
      { script: (clock) => at(clock, 10, () => stop.abort()) },
    );
    expect(await result).toMatchObject({ exitCode: 130, verdict: { outcome: 'interrupted' } });
    await heard;
    expect(events.find((event) => event.kind === 'testStop')).toMatchObject({ reason: 'interrupted' });
  });

  test('an abort before the load rejects, and the iteration too', async () => {
    const { heard, result } = start({ ...brief, signal: AbortSignal.abort() });
    const ended = Promise.allSettled([result, heard]);
    for (const each of await ended)
      expect(each).toMatchObject({ status: 'rejected', reason: { name: 'SqloadError', exitCode: 130 } });
  });

  test.each([
    [{ users: 0 }, '--users 0 must be a whole number'],
    [{ userz: 5 }, 'There is no option "userz".'],
    [{ preflight: 'no' }, 'The option preflight must be true or false.'],
    [{ thresholds: 'p95<1s' }, 'The option thresholds must be a list of texts.'],
    [{ stage: 'staging' }, 'exclude each other'],
    [{ scenario: 5 }, 'The option scenario must be ramp, sustained, spike, or the path of a scenario file.'],
    [{ scenario: undefined }, 'The option scenario must be'],
    [{ signal: 5 }, 'The option signal must be an AbortSignal.'],
    [{ environment: 'yes' }, 'The option environment must be true or false.'],
    [{ users: {} }, 'The option users must be a text or a number.'],
    [{ startAt: new Date(Number.NaN) }, 'The option startAt is no valid date.'],
  ])('%o rejects with what is wrong, and exit code 2', async (wrong, message) => {
    const { heard, result } = start({ ...brief, ...(wrong as object) });
    heard.catch(() => {});
    await expect(result).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(message) });
  });

  test('reads variables only when it is asked to', async () => {
    const { users, ...rest } = brief;
    const own = await start(rest).result;
    expect(own.summary.run.usersTarget).toBe(500);
    const asked = await start({ ...rest, environment: true }).result;
    expect(asked.summary.run.usersTarget).toBe(7);
  });

  test('takes values by name and switches as booleans', async () => {
    const { result } = start({
      ...brief,
      mix: { initial: 1 },
      preflight: false,
      headers: { 'X-Tenant': 'acme' },
      thresholds: ['p95<500ms'],
      defaultThresholds: false,
    });
    const { summary, verdict } = await result;
    expect(summary.run.settings).toMatchObject({
      mix: { value: 'health=0,initial=1,follow-up=0,automatic=0', from: 'flag' },
      'no-preflight': { value: 'yes' },
      header: { value: 'X-Tenant: acme' },
    });
    expect(verdict.thresholds.map(({ text }) => text)).toEqual(['p95<500ms']);
  });
});

test('compareThresholds() grades a record by other thresholds', async () => {
  const { record } = await start(brief).result;
  const graded = compareThresholds(record, ['p95<10s', 'p50<1ms']);
  expect(graded.map(({ grade }) => grade)).toEqual(['passed', 'failed']);
  expect(() => compareThresholds(record, ['p95'])).toThrow('it compares nothing');
});
