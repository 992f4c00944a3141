import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createRedactor } from '../../core/redactor.ts';
import { HookRunner } from '../../io/hook-runner.ts';
import type { Hooks } from '../../io/hooks.ts';
import { loadHooks } from '../../io/load-hooks.ts';
import type { LiveEvent, RequestFailedEvent } from '../../report/live-event.ts';
import { fakeHost } from '../../testing/fake-host.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { runVirtually, virtualMachinery } from '../../testing/virtual-machinery.ts';
import { type RunRequest, startRun } from '../library/library-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'sqload-hooks-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const around = { cwd: folder, nodeVersion: '20.18.1', env: {} };
const brief: RunRequest = { scenario: 'spike', users: 150, runTime: '30s', seed: 1, mockFaults: ['500:20%'] };

/** Plays with these hooks in virtual time. */
function play(hooks: Hooks | string, more: Partial<RunRequest> = {}) {
  const clock = new VirtualClock();
  const load = startRun({ ...brief, hooks, ...more }, around, virtualMachinery(clock));
  return clock.run(load.result);
}

/** A run on the command line with a file of hooks. */
async function sqload(hooks: string, ...more: readonly string[]) {
  const out = mkdtempSync(join(folder, 'out-'));
  const file = join(out, 'hooks.mjs');
  writeFileSync(file, hooks);
  // In virtual time no file is ever read.
  const loaded = await Promise.allSettled([loadHooks(file, file)]);
  const openHooks = async (_path: string, _shown: string, secrets: readonly string[]): Promise<HookRunner> => {
    if (loaded[0].status === 'rejected') throw loaded[0].reason;
    return new HookRunner(loaded[0].value, virtual.clock(), createRedactor(secrets));
  };
  const clock = new VirtualClock();
  const words = ['spike', '--users', '50', '--run-time', '30s', '--seed', '1', '--mock-fault', '500:20%'];
  const host = fakeHost({ argv: [...words, '--hooks', file, '--out', join(out, 'runs'), ...more] });
  const virtual = virtualMachinery(clock);
  const code = await runVirtually(host, clock, { ...virtual, openHooks });
  const runs = join(out, 'runs');
  const [run = ''] = existsSync(runs) ? readdirSync(runs).filter((name) => name !== 'history.csv') : [];
  return { code, ...host.written, file: (name: string) => readFileSync(join(runs, run, name), 'utf8'), run };
}

describe('hooks of a run', () => {
  test('hear the whole run, and every failed request once', async () => {
    const heard: LiveEvent[] = [];
    const hear = (event: LiveEvent): void => void heard.push(event);
    const { summary } = await play({
      testStart: hear,
      phase: hear,
      second: hear,
      requestFailed: hear,
      firstFailure: hear,
      testStop: hear,
      verdict: hear,
    });
    const failed = heard.filter((event): event is RequestFailedEvent => event.kind === 'requestFailed');
    expect(failed).toHaveLength(summary.total.failures);
    expect(failed.length).toBeGreaterThan(50);
    expect(failed[0]).toMatchObject({ row: expect.any(String), failure: 'http-5xx', status: 500, session: false });
    expect(failed.every(({ at, responseTime }) => responseTime > 0 && at >= responseTime)).toBe(true);
    expect(heard[0]?.kind).toBe('testStart');
    expect(heard.slice(-2).map(({ kind }) => kind)).toEqual(['testStop', 'verdict']);
  });

  test('measure: in the record, the console, summary.json, custom.csv, and thresholds', async () => {
    const { summary, text, files, verdict, record } = await play(
      {
        requestFailed: ({ responseTime }, { counter, timing }) => {
          counter('failures').add();
          timing('time-to-failure').record(responseTime);
        },
        testStop: (_, { counter }) => counter('late').add(0.5),
      },
      {
        defaultThresholds: false,
        thresholds: ['custom.time-to-failure.p95<10s', 'custom.failures.count<10', 'custom.lat.count<1'],
      },
    );
    const total = summary.total.failures;
    expect(summary.custom?.counters).toEqual([
      { name: 'failures', sum: total },
      { name: 'late', sum: 0.5 },
    ]);
    expect(summary.custom?.timings[0]).toMatchObject({ name: 'time-to-failure', count: total });
    expect(verdict.thresholds.map(({ grade, samples, reason }) => [grade, samples, reason])).toEqual([
      ['passed', total, expect.stringContaining(`over ${total} values`)],
      ['failed', total, `counted ${total}`],
      ['inconclusive', 0, 'the hooks measured nothing of this name'],
    ]);
    expect(verdict.outcome).toBe('failed');
    expect(text()).toContain('Measured by hooks, ms');
    const custom = files().find(({ name }) => name === 'custom.csv')?.text ?? '';
    expect(custom.split('\r\n')[0]).toBe('second,name,kind,count,min_ms,mean_ms,p50_ms,p95_ms,p99_ms,max_ms');
    const sums = [...custom.matchAll(/^\d+,failures,counter,(\d+)/gm)].map(([, sum]) => Number(sum));
    expect(sums.reduce((a, b) => a + b, 0)).toBe(total);
    expect(JSON.parse(files().find(({ name }) => name === 'summary.json')?.text ?? '').custom.counters[1]).toEqual({
      name: 'late',
      sum: 0.5,
    });
    expect([...record.events()].at(-2)).toMatchObject({ kind: 'hooks', counters: [{ name: 'late', sum: 0.5 }] });
  });

  test('that throw are told in exceptions.csv and a note, and the numbers are those of a run without hooks', async () => {
    const bad = await play({
      second: () => {
        throw new Error('boom');
      },
      requestFailed: () => Promise.reject(new Error('bang')),
    });
    const { hooks, ...request } = { ...brief, hooks: undefined };
    const clock = new VirtualClock();
    const good = await clock.run(startRun(request, around, virtualMachinery(clock)).result);
    expect(bad.summary.total).toEqual(good.summary.total);
    expect(bad.exitCode).toBe(good.exitCode);
    const exceptions = bad.files().find(({ name }) => name === 'exceptions.csv')?.text;
    expect(exceptions).toMatch(/\d+,hook second threw Error: boom,.*hooks-run/);
    expect(bad.verdict.notes.join('\n')).toContain('The hook second threw Error: boom (');
    expect(bad.hookTroubles.map(({ hook }) => hook).sort()).toEqual(['requestFailed', 'second']);
  });

  test('that are never done cost the run 5 s at its end, and no more', async () => {
    const clock = new VirtualClock();
    const never = (): Promise<never> => new Promise(() => {});
    const load = startRun({ ...brief, hooks: { testStop: never } }, around, virtualMachinery(clock));
    const { hookTroubles, verdict } = await clock.run(load.result);
    expect(hookTroubles).toMatchObject([{ hook: 'testStop', message: 'had not settled 5 s after the end' }]);
    expect(verdict.notes.join('\n')).toContain('The hook testStop had not settled 5 s after the end.');
  });

  test('without a listener no failed request is told one by one', async () => {
    const clock = new VirtualClock();
    const load = startRun(brief, around, virtualMachinery(clock));
    const kinds = new Set<string>();
    const heard = (async () => {
      for await (const { kind } of load) kinds.add(kind);
    })();
    await clock.run(load.result);
    await heard;
    expect(kinds).not.toContain('requestFailed');
    expect(kinds).toContain('firstFailure');
  });

  test('an object without hooks is refused', async () => {
    await expect(play({ testStrat: () => {} } as unknown as Hooks)).rejects.toThrow('There is no hook "testStrat"');
  });

  test('limits on what they time break a climb past the scenario, and are graded over the scenario before it', async () => {
    const hooks: Hooks = {
      second: ({ users }, { timing }) => {
        for (let i = 0; i < 5; i++) timing('lookup').record(users > 28 ? 90 : 20);
      },
    };
    const { verdict, text, record } = await play(hooks, {
      scenario: 'sustained',
      users: 20,
      runTime: '60s',
      mockFaults: [],
      untilBroken: true,
      thresholds: ['custom.lookup.p95<50ms'],
    });
    const end = [...record.events()].at(-1);
    expect(end).toMatchObject({ reason: 'broke', broke: { step: 3, limits: ['custom.lookup.p95<50ms'] } });
    expect(text().replace(/\s+/g, ' ')).toMatch(
      /From 32 users \([^)]*\) on, custom\.lookup p95 < 50 ms did not hold\./,
    );
    const graded = verdict.thresholds.find(({ text: written }) => written === 'custom.lookup.p95<50ms');
    // 60 s of the scenario, five values each.
    expect(graded).toMatchObject({ grade: 'passed', measured: 20, samples: 300 });
    expect(verdict.exitCode).toBe(0);
  });

  test('limits on what they time end a run with --abort-on-fail', async () => {
    const hooks: Hooks = { second: (_, { timing }) => timing('lookup').record(90) };
    const { record } = await play(hooks, { abortOnFail: true, thresholds: ['custom.lookup.p50<50ms'] });
    expect([...record.events()].at(-1)).toMatchObject({ reason: 'threshold-failed' });
  });
});

describe('sqload --hooks', () => {
  test('calls what the file exports; the record, read again, gives the same report', async () => {
    const run = await sqload(
      `const seen = {};
export const testStart = ({ target }, { counter }) => { counter('starts').add(); };
export const second = ({ second }, { timing }) => { timing('tick').record(second + 1); };
export const verdict = ({ folder }) => { throw new Error('too late in ' + typeof folder); };`,
      '--threshold',
      'custom.starts.count>=1',
      '--csv',
      join(folder, 'csv', 'today'),
    );
    expect(run.stdout).toContain('custom.starts.count>=1');
    expect(run.stdout).toContain('what hooks measure over the whole scenario');
    expect(run.file('custom.csv')).toContain('0,starts,counter,1,');
    expect(readFileSync(join(folder, 'csv', 'today_custom.csv'), 'utf8')).toBe(run.file('custom.csv'));
    expect(run.stderr).toContain('sqload: The hook verdict threw Error: too late in string.');
    expect(run.file('record.ndjson')).not.toContain('"kind":"failures"');
  });

  test.each([
    ['export const x = 1;', [], 'There is no hook in '],
    [
      'export const second = () => {};',
      ['--threshold', 'custom.x.rps>1'],
      'Cannot read the threshold "custom.x.rps>1": hooks measure no rps.',
    ],
    ['export const second = () => {};', ['--threshold', 'custom.p95<1s'], 'what hooks measure has a name and a metric'],
  ])('%j with %j is exit 2 before anything is sent', async (hooks, flags, message) => {
    const { code, stderr, run } = await sqload(hooks, ...flags);
    expect(stderr).toContain(message);
    expect({ code, run }).toEqual({ code: 2, run: '' });
  });

  test('a threshold of hooks without hooks is exit 2', async () => {
    const clock = new VirtualClock();
    const host = fakeHost({ argv: ['plan', 'spike', '--threshold', 'custom.x.count<1'] });
    expect(await runVirtually(host, clock, virtualMachinery(clock))).toBe(2);
    expect(host.written.stderr).toContain('there are no hooks that measure it');
    expect(host.written.stderr).toContain('--hooks');
  });
});
