import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { millis } from '../../core/units.ts';
import { type FakeHost, fakeHost } from '../../testing/fake-host.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { runVirtually, virtualMachinery } from '../../testing/virtual-machinery.ts';

const out = mkdtempSync(join(tmpdir(), 'sqload-slices-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));
let commands = 0;

/** Runs one command in virtual time, on a machine where it is 2026-11-22T12:00:00Z, with a folder for its results. */
async function sqload(argv: readonly string[], script?: (clock: VirtualClock, host: FakeHost) => void) {
  const clock = new VirtualClock();
  const machinery = virtualMachinery(clock);
  const here = join(out, String(commands++));
  const host = fakeHost({ argv: [...argv, ...(argv[0] === 'report' ? [] : ['--out', here])] });
  script?.(clock, host);
  const code = await runVirtually(host, clock, machinery);
  const made = existsSync(here) ? (readdirSync(here).find((name) => name !== 'history.csv') ?? null) : null;
  const folder = made === null ? '' : join(here, made);
  const file = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return { code, ...host.written, folder, file, record: () => linesOf(file('record.ndjson')) };
}

interface Line {
  readonly kind: string;
  readonly [field: string]: unknown;
}

const linesOf = (text: string): Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** What the load was, without how it was generated and the examples of failures. */
const told = (lines: readonly Line[]): Line[] => lines.slice(1).filter(({ kind }) => kind !== 'example');

const load = ['--users', '30', '--run-time', '20s', '--think', '500ms', '--no-default-thresholds'];
const judged = [...load, '--threshold', 'p95<900ms'];
const target = ['--host', 'http://127.0.0.1:8000', '--seed', '7'];
const slice = (which: string, more: readonly string[] = []) =>
  sqload(['spike', ...judged, ...target, '--slice', which, ...more]);

const localTime = (moment: string): string => {
  const local = new Date(moment);
  return [local.getHours(), local.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
};

describe('--workers', () => {
  test('1, 2 and 4 threads send the same requests and count the same', async () => {
    const runs = await Promise.all(
      ['1', '2', '4'].map((count) =>
        sqload(['spike', ...judged, '--seed', '7', '--workers', count, '--mock-fault', '500:5%']),
      ),
    );
    const [one, ...others] = runs.map((run) => [
      run.code,
      run.file('stats.csv'),
      run.file('stats_history.csv'),
      told(run.record()),
    ]);
    for (const other of others) expect(other).toEqual(one);
    expect(runs.map((run) => run.record()[0]?.['workers'])).toEqual([1, 2, 4]);
    expect(runs[1]?.stderr).toContain('The load comes from 2 load threads');
    expect(runs[0]?.stderr).not.toContain('load thread');
  });

  test.each([
    ['with the built-in server: one core for it and one for the main thread', [], 2],
    ['with a server elsewhere: one core for the main thread', target, 3],
    ['never more than users', [...target, '-u', '2'], 2],
  ])('auto, on four cores, %s', async (_, more, workers) => {
    const run = await sqload(['spike', ...load, '--seed', '7', '--workers', 'auto', ...more]);
    expect(run.record()[0]?.['workers']).toBe(workers);
  });

  test('auto, never more than places for users who arrive', async () => {
    const few = ['--rate', '2', '--max-users', '1', '-t', '10s', '--workers', 'auto', '--allow-dropped'];
    expect((await sqload(['spike', ...few, ...target, '--seed', '7'])).record()[0]?.['workers']).toBe(1);
  });

  test('more threads than places for users who arrive are exit 2: a thread without one would drop all that it has', async () => {
    const run = await sqload(['spike', '--rate', '5', '--max-users', '5', '--workers', '8']);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/8 load threads cannot share 5 places .*\n {2}Give a higher --max-users/);
  });

  test.each(['0', '65', '1.5', 'many'])('%s is exit 2', async (count) => {
    const run = await sqload(['spike', '--workers', count]);
    expect([run.code, run.stderr]).toEqual([
      2,
      `sqload: --workers ${count} must be a whole number from 1 to 64, or auto.\n  For example: --workers auto\n`,
    ]);
  });
});

describe('--slice and sqload merge', () => {
  test('the slices of a run, merged in any order, are the whole run', async () => {
    const whole = await sqload(['spike', ...judged, ...target]);
    const parts = [await slice('1/3'), await slice('2/3', ['--workers', '2']), await slice('3/3')];
    const [a, b, c] = parts.map(({ folder }) => folder) as [string, string, string];
    const merged = await sqload(['merge', a, b, c]);
    expect(merged.stderr).toMatch(/^Merging all 3 slices\.\nResults are in .*spike-20261122T120000Z\n\n$/);
    expect(told(merged.record())).toEqual(told(whole.record()));
    expect(merged.code).toBe(whole.code);
    expect(merged.file('stats.csv')).toBe(whole.file('stats.csv'));
    expect(merged.record()[0]).toMatchObject({
      slices: { count: 3, parts: [{ index: 0 }, { index: 1 }, { index: 2 }] },
    });

    const again = await sqload(['merge', join(c, 'record.ndjson'), a, b]);
    expect(again.file('record.ndjson')).toBe(merged.file('record.ndjson'));
    const stepwise = await sqload(['merge', (await sqload(['merge', b, c])).folder, a]);
    expect(stepwise.file('record.ndjson')).toBe(merged.file('record.ndjson'));
    expect((await sqload(['report', merged.folder])).stdout).toBe(merged.stdout);
  });

  test('a slice tells which it is, and its header too', async () => {
    const run = await slice('2/8');
    expect(run.stderr).toContain('This is slice 2/8 of the run: 4 of 30 users; "sqload merge" joins the records');
    expect(run.record()[0]?.['slices']).toEqual({ count: 8, parts: [{ index: 1, startedAt: expect.any(String) }] });
  });

  test('missing slices are named, and missing in the header', async () => {
    const merged = await sqload(['merge', (await slice('4/4')).folder, (await slice('2/4')).folder]);
    expect(merged.stderr).toContain('Merging 2 of 4 slices; missing: 1/4, 3/4.\n');
    expect(merged.record()[0]?.['slices']).toMatchObject({ count: 4, parts: [{ index: 1 }, { index: 3 }] });
  });

  test('a slice that was cut short leaves the whole without an end, with what was told', async () => {
    const [a, b] = [await slice('1/2'), await slice('2/2')];
    const cut = join(out, 'cut.ndjson');
    writeFileSync(cut, a.file('record.ndjson').split('\n').slice(0, 8).join('\n'));
    const merged = await sqload(['merge', cut, b.folder]);
    expect(merged.code).toBe(3);
    expect(merged.record().at(-1)?.kind).toBe('second');
    expect(merged.record().length).toBe(b.record().length - 1);
    expect(merged.stdout).toMatch(/^Inconclusive: slice 1\/2 breaks off after \d+s; /m);
    expect(merged.stdout).not.toContain('everything is counted');
  });

  test.each(['merge', 'report'])(
    'a damaged record is exit 2 for sqload %s, with its place, and nothing is written',
    async (command) => {
      const [a, b] = [await slice('1/2'), await slice('2/2')];
      const damaged = join(out, 'damaged.ndjson');
      const lines = a.file('record.ndjson').split('\n');
      const at = lines.findIndex((line) => line.includes('"second":3,'));
      lines[at] = lines[at]?.replace('"second":3,', '"second":1,') ?? '';
      writeFileSync(damaged, lines.join('\n'));
      const run = await sqload([command, damaged, ...(command === 'merge' ? [b.folder] : [])]);
      expect([run.code, run.folder, run.stdout]).toEqual([2, '', '']);
      expect(run.stderr).toContain(`damaged.ndjson:${at + 1}: second 1 is told where second 3 was due`);
      expect(run.stderr).toContain('The file was changed or damaged after the run.');
    },
  );

  test('records of different runs do not fit together, and each difference is named', async () => {
    const [a, b] = [await slice('1/2'), await slice('2/2', ['--users', '31', '--threshold', 'p50<1s'])];
    const merged = await sqload(['merge', a.folder, b.folder]);
    expect([merged.code, merged.folder, merged.stdout]).toEqual([2, '', '']);
    expect(merged.stderr).toContain('are not slices of one run. They differ in:\n  users');
    expect(merged.stderr).toMatch(/^ {2}users +30 against 31$/m);
    expect(merged.stderr).toMatch(/^ {2}thresholds +p95<900ms against p95<900ms, p50<1s$/m);
  });

  test.each<[string, () => Promise<string[]>, string]>([
    [
      'the same slice twice',
      async () => [(await slice('1/2')).folder, (await slice('1/2')).folder],
      'sqload: Slice 1/2 is in ',
    ],
    [
      'a whole run',
      async () => {
        const run = await sqload(['spike', ...load, ...target]);
        return [run.folder, run.folder];
      },
      'is a whole run: there is nothing to merge it with.',
    ],
    ['one record', async () => [(await slice('1/2')).folder], 'sqload: There is nothing to merge with'],
    ['what is no record', async () => [out, out], 'There is no record.ndjson in the folder'],
    [
      'another number of slices',
      async () => [(await slice('1/2')).folder, (await slice('2/3')).folder],
      'number of slices  2 against 3',
    ],
  ])('refuses %s with exit 2, and writes nothing', async (_, paths, message) => {
    const merged = await sqload(['merge', ...(await paths())]);
    expect(merged.code).toBe(2);
    expect(merged.stderr).toContain(message);
    expect(merged.folder).toBe('');
  });

  test.each([
    [['--slice', '1/2', '--seed', '7'], '--slice 1/2 makes no sense with the built-in server'],
    [['--slice', '1/2', '--host', 'http://a'], '--slice 1/2 needs a --seed'],
    [['--slice', '0/2'], '--slice 0/2 must be like 2/8'],
    [['--slice', '3/2'], '--slice 3/2 must be like 2/8'],
    [['--slice', '1/1001'], 'must be like 2/8: the second of eight shares, of 1000 at most'],
  ])('%j is exit 2', async (argv, message) => {
    const run = await sqload(['spike', ...argv]);
    expect([run.code, run.folder]).toEqual([2, '']);
    expect(run.stderr).toContain(message);
  });
});

describe('--start-at', () => {
  const at = (time: string, script?: (clock: VirtualClock, host: FakeHost) => void) =>
    sqload(['spike', ...load, '--seed', '7', '--start-at', time], script);

  test('waits for the time, to the millisecond, and says so', async () => {
    const run = await at('2026-11-22T13:30:00Z');
    expect(run.record()[0]?.['startedAt']).toBe('2026-11-22T13:30:00.000Z');
    expect(run.stderr).toMatch(
      /^Ready\. The load starts at 2026-11-22T13:30:00\.000Z, in 1h(29m|30m)\S*; Ctrl-C leaves/,
    );
    const unwaited = await sqload(['spike', ...load, '--seed', '7']);
    expect(run.file('stats_history.csv').replaceAll(/^\d+/gm, '')).toBe(
      unwaited.file('stats_history.csv').replaceAll(/^\d+/gm, ''),
    );
  });

  test('a time of day is the next one on the clock of this machine', async () => {
    expect((await at(localTime('2026-11-22T12:05:00Z'))).record()[0]?.['startedAt']).toBe('2026-11-22T12:05:00.000Z');
  });

  test.each([
    ['2026-11-22T11:59:59Z', 'has passed: it is 2026-11-22T12:00:00.000Z'],
    ['2026-11-23T12:00:01Z', 'is more than 24 h ahead'],
    ['2026-02-30T12:00:00Z', 'must be a time like 14:30'],
    [localTime('2026-11-22T11:58:00Z'), 'has passed today'],
    ['2026-11-22T12:00:00.010Z', 'has passed while the target was tried'],
    ['25:00', '--start-at 25:00 must be a time like 14:30'],
    ['2026-11-31', 'must be a time like 14:30'],
    ['soon', 'must be a time like 14:30'],
  ])('%s is exit 2', async (time, message) => {
    const run = await at(time);
    expect([run.code, run.folder]).toEqual([2, '']);
    expect(run.stderr).toContain(message);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s during the wait leaves with exit code %i and writes nothing', async (signal, code) => {
    const run = await at('2026-11-22T13:00:00Z', (clock, host) => {
      void clock.until(millis(60_000)).then(() => host.signal(signal));
    });
    expect([run.code, run.folder, run.stdout]).toEqual([code, '', '']);
  });
});
