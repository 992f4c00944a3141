import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { usageError } from '../../core/errors.ts';
import { fakeHost } from '../../testing/fake-host.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { runVirtually, virtualMachinery } from '../../testing/virtual-machinery.ts';
import type { Machinery } from '../machinery.ts';

const out = mkdtempSync(join(tmpdir(), 'sqload-monitors-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));
let commands = 0;

interface Given {
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly machinery?: Partial<Machinery>;
}

/** Runs one command in virtual time, where every monitor reads 25 % CPU and 50 % memory. */
async function sqload(argv: readonly string[], { files = {}, env = {}, machinery = {} }: Given = {}) {
  const clock = new VirtualClock();
  const here = join(out, String(commands++));
  const host = fakeHost({ argv: argv[0] === 'plan' ? argv : [...argv, '--out', here], files, env });
  const code = await runVirtually(host, clock, { ...virtualMachinery(clock), ...machinery });
  const made = existsSync(here) ? (readdirSync(here).find((name) => name !== 'history.csv') ?? null) : null;
  const folder = made === null ? '' : join(here, made);
  const file = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const lines = (): Record<string, unknown>[] =>
    file('record.ndjson')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  return { code, ...host.written, folder, file, lines };
}

/** The monitors of a header, as far as they are told of. */
const monitorsOf = (header: Record<string, unknown> | undefined) =>
  (header?.['monitors'] ?? []) as readonly { readonly name: string; readonly slice: number }[];

const load = [
  'spike',
  '--users',
  '4',
  '--run-time',
  '10s',
  '--think',
  '100ms',
  '--seed',
  '7',
  '--no-default-thresholds',
];
const elsewhere = [...load, '--host', 'http://127.0.0.1:8000'];

describe('--monitor', () => {
  test('is read each second, kept in the record, and judged', async () => {
    const run = await sqload([
      ...elsewhere,
      ...['--monitor', 'pid:42', '--monitor', 'db=json:http://me:s3cr3t-word@h/x?token=abcdefgh#cpu_percent=/a'],
      ...['--threshold', 'cpu<30%', '--threshold', 'pid-42.memory<50%', '--threshold', 'db.cpu<20%'],
    ]);
    expect(run.code).toBe(1);
    const [header, ...events] = run.lines();
    const limit = { amount: 4, of: 'this machine' };
    expect(header?.['monitors']).toEqual([
      { name: 'pid-42', source: 'process 42 with its children', cpu: limit, memory: limit, slice: 0 },
      { name: 'db', source: 'JSON at http://h/x', cpu: limit, memory: null, slice: 0 },
    ]);
    const readings = events.filter(({ kind }) => kind === 'monitor');
    expect(readings.filter(({ monitor }) => monitor === 0).map(({ second }) => second)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    expect(readings.at(-1)).toMatchObject({ monitor: 1, cpu: 0.25, memory: null });
    const verdicts = run
      .file('thresholds.csv')
      .split('\n')
      .map((line) => line.split(',').slice(0, 6));
    expect(verdicts.slice(1, 4).map((cells) => [cells[0], cells[1], cells[5]])).toEqual([
      ['cpu<30%', '', '25'],
      ['pid-42.memory<50%', 'pid-42', '50'],
      ['db.cpu<20%', 'db', '25'],
    ]);
    expect(run.stdout).toMatch(/Server +mean +peak +all of it +seconds\npid-42 +CPU +25 % +25 % +4 cores +\d\n/);
    expect(run.file('monitors.csv').split('\r\n').slice(0, 2).join('|')).toMatch(
      /^Second,Time,Monitor,.*\|0,.*Z,pid-42,1,0.25,1,/,
    );
    expect(run.stdout).toContain('Failed: pid-42 memory 50 % (less than 50 %), db cpu 25 % (limit 20 %)');
    for (const text of [run.stdout, run.stderr, run.file('record.ndjson'), run.file('summary.json')])
      expect(text).not.toMatch(/s3cr3t|abcdefgh/);
  });

  test('comes from the environment and from scenario files as well', async () => {
    const env = { SQLOAD_MONITOR: 'pid:42\ndb=port:5432', SQLOAD_CPU_LIMIT: '2' };
    const names = async (argv: readonly string[], given: Given) =>
      monitorsOf((await sqload(argv, given)).lines()[0]).map(({ name }) => name);
    expect(await names(elsewhere, { env })).toEqual(['pid-42', 'db']);
    const text = 'users: 2\nspawn_rate: 2\nrun_time: 5s\nmonitors: ["pid:1", "pid:2"]\nthresholds: ["pid-1.cpu<80%"]\n';
    expect(await names(['run', 'x.yaml', '--host', 'http://h'], { files: { 'x.yaml': text } })).toEqual([
      'pid-1',
      'pid-2',
    ]);
    const bad = await sqload(['run', 'x.yaml'], { files: { 'x.yaml': text.replace('"pid:1", "pid:2"', '"pidd:1"') } });
    expect(bad.code).toBe(2);
    expect(bad.stderr).toMatch(/x\.yaml:4:\d+ monitors\[0\]: must be pid:4242/);
  });

  test('says in a plan what it can decide', async () => {
    const plan = await sqload(['plan', ...elsewhere.slice(0, -2), '--monitor', 'pid:1', '--threshold', 'cpu<50%']);
    expect(plan.code).toBe(0);
    expect(plan.stdout).toMatch(/cpu<50%/);
  });

  test('of slices stand side by side in the merged record', async () => {
    const slice = (which: string) =>
      sqload([...elsewhere, '--monitor', 'db=pid:1', '--threshold', 'cpu<30%', '--slice', which]);
    const parts = [await slice('2/2'), await slice('1/2')];
    const merged = await sqload(['merge', ...parts.map(({ folder }) => folder)]);
    const [header, ...events] = merged.lines();
    expect(monitorsOf(header).map(({ slice: index }) => index)).toEqual([0, 1]);
    for (const monitor of [0, 1])
      expect(events.filter((event) => event['kind'] === 'monitor' && event['monitor'] === monitor)).toHaveLength(10);
    expect(merged.code).toBe(0);
  });

  test('that cannot be read at the start is exit 2, before any load', async () => {
    const openSampler: Machinery['openSampler'] = async () => {
      throw usageError('The monitor db cannot be read: connection refused.', 'Start it.');
    };
    const run = await sqload([...elsewhere, '--monitor', 'db=prometheus:http://h'], { machinery: { openSampler } });
    expect([run.code, run.stderr, run.folder]).toEqual([
      2,
      'sqload: The monitor db cannot be read: connection refused.\n  Start it.\n',
      '',
    ]);
  });

  test('that goes silent leaves its threshold undecided, and says so when it happens', async () => {
    const openSampler: Machinery['openSampler'] = async ({ name }) => {
      let reads = 0;
      return {
        monitor: { name, source: 'x', cpu: { amount: 1, of: '' }, memory: null },
        read: async () => {
          if (reads++ > 4) throw new Error('it answers with status 503');
          return { cpu: 0.1, memory: null };
        },
      };
    };
    const run = await sqload([...elsewhere, '--monitor', 'db=pid:1', '--threshold', 'cpu<50%'], {
      machinery: { openSampler },
    });
    expect(run.code).toBe(3);
    expect(run.stderr).toContain('The monitor db cannot be read: it answers with status 503. ');
    expect(run.stdout).toMatch(/Inconclusive: cpu<50%: the monitor db measured \d of the window's \d s, \d are needed/);
  });

  test('--counters compares what the server counted; one that cannot be read is exit 2, but that of upstream silence', async () => {
    const counts = [100, 100];
    const readCounter: Machinery['readCounter'] = async () => counts.shift() ?? 0;
    const asked = [...elsewhere, '--counters', 'http://me:s3cr3t-word@h/m#/n'];
    const run = await sqload(asked, { machinery: { readCounter } });
    expect(run.stdout).toMatch(/The server counted 0 requests, sqload sent \d+: a proxy, a retry/);
    expect(run.lines().at(-2)).toEqual({
      kind: 'counted',
      source: 'http://h/m#/n',
      counts: 'requests',
      before: 100,
      after: 100,
    });
    expect(run.file('record.ndjson')).not.toContain('s3cr3t');
    const refused = await sqload(asked);
    expect([refused.code, refused.folder]).toEqual([2, '']);
    expect(refused.stderr).toMatch(
      /^sqload: The counter at http:\/\/h\/m cannot be read: it is not simulated\.\n {2}Correct --counters/,
    );
    const upstream = await sqload([...elsewhere, '--dialect', 'upstream']);
    expect(upstream.stdout + upstream.stderr).not.toContain('counter');
  });

  test.each([
    [['--counters', 'http://h'], /--counters http:\/\/h must be like/],
    [['--monitor', 'health=pid:1'], /The name health of a monitor is taken/],
    [['--monitor', 'a=pid:1', '--monitor', 'a=pid:2'], /The name a of a monitor is given twice/],
    [['--monitor', 'custom=pid:1'], /none of health, initial, .*custom/],
    [
      ['--monitor', 'pid:1', '--monitor', 'b=pid:1'],
      /The monitor pid:1 is given twice\.\n {2}Each is read once a second/,
    ],
    [['--monitor', 'top'], /--monitor top must be pid:4242/],
    [['--monitor', 'pid:x'], /must be the number of a process.*\n {2}For example: --monitor pid:4242\n/],
    [['--monitor', 'pid:99999999'], /pid:99999999 is no process: the greatest number that one can have is 4194304\./],
    [['--monitor', 'a=prometheus:x'], /http:\/\/ or https:\/\/\.\n {2}For example: --monitor prometheus:http/],
    [['--monitor', 'promql:http://h'], /For example: --monitor 'promql:http:\/\/localhost:9090\?cpu=/],
    [
      ['--monitor', 'json:http://h#/load'],
      /its last word is no name of a measure.*\n {2}For example: --monitor 'json:http/,
    ],
    [['--monitor', 'json:http://u:pw@h/?t=1'], /--monitor "json:http:\/\/…@h\/\?…" must say where/],
    [['--cpu-limit', '0'], /must be a number of cores/],
    [['--memory-limit', '12'], /must be a size like 512MB/],
  ])('%j is exit 2', async (argv, problem) => {
    const run = await sqload([...elsewhere, ...argv]);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(problem);
  });
});
