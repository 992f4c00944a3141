import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCsv } from '../../report/parse-csv.ts';
import { historyHeader } from '../../report/run-history.ts';
import { fakeHost } from '../../testing/fake-host.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { runVirtually, virtualMachinery } from '../../testing/virtual-machinery.ts';

const out = mkdtempSync(join(tmpdir(), 'sqload-compare-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

async function sqload(argv: readonly string[], startedAt = new Date('2026-11-22T12:00:00Z')) {
  const clock = new VirtualClock();
  const host = fakeHost({ argv });
  const code = await runVirtually(host, clock, virtualMachinery(clock, {}, startedAt));
  return { code, ...host.written };
}

let runs = 0;

/** Two minutes of 20 users, each run an hour after the one before; answers with its folder. */
async function play(reports: string, more: readonly string[] = []): Promise<string> {
  const hour = new Date(Date.UTC(2026, 10, 22, runs++));
  const load = ['sustained', '-u', '20', '-r', '20', '-t', '2m', '--think', '500ms', '--no-default-thresholds'];
  const before = existsSync(reports) ? readdirSync(reports) : [];
  const { code, stderr } = await sqload(
    [...load, '--threshold', 'count>1', '--quiet', '--seed', String(runs), '--out', reports, ...more],
    hour,
  );
  expect([code, stderr]).toEqual([0, '']);
  const made = readdirSync(reports).filter((name) => name !== 'history.csv' && !before.includes(name));
  return join(reports, made[0] ?? '');
}

const fast = ['--mock-latency', 'p50=120ms,p95=350ms'];
const slow = ['--mock-latency', 'p50=180ms,p95=525ms'];
const compare = (...argv: string[]) => sqload(['compare', ...argv]);
const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

let base: string;
let same: string;
let slower: string;
beforeAll(async () => {
  base = await play(join(out, 'pair'), [...fast, '--label', 'main']);
  same = await play(join(out, 'pair'), fast);
  slower = await play(join(out, 'pair'), [...slow, '--label', 'fix-7']);
}, 120_000);

describe('sqload compare of two runs', () => {
  test('finds the slower one worse, says so in the last line, and exits with 1', async () => {
    const { code, stdout, stderr } = await compare(base, slower);
    expect(stderr).toBe('');
    expect(lastLine(stdout)).toMatch(/^Worse: .*p95 .* → .*95 % interval/);
    expect(stdout).toMatch(/^Baseline +main \(/m);
    expect(stdout).toMatch(/^Candidate +fix-7 \(/m);
    expect(stdout).toMatch(/^ {2}p95 .*worse$/m);
    expect(stdout).toContain('The built-in server differs');
    expect(code).toBe(1);
  });

  test('finds nothing worse in two of the same, from the folder and from the record alike, and exits with 0', async () => {
    const folders = await compare(base, same);
    expect(lastLine(folders.stdout)).toMatch(/^No difference shown/);
    expect(folders.code).toBe(0);
    const records = await compare(join(base, 'record.ndjson'), join(same, 'record.ndjson'));
    const words = (text: string): readonly string[] => text.replaceAll('/record.ndjson', '').split(/\s+/);
    expect(words(records.stdout)).toEqual(words(folders.stdout));
  });

  test('--quiet prints the sentence only', async () => {
    const whole = await compare(base, slower);
    const { stdout, code } = await compare(base, slower, '--quiet');
    expect([stdout, code]).toEqual([`${lastLine(whole.stdout)}\n`, 1]);
  });

  test('a difference below --min-effect is none', async () => {
    expect((await compare(base, slower, '--min-effect', '300%')).code).toBe(0);
  });

  test('with --fail-on its limits alone decide, and the last line says so and what else is worse', async () => {
    const within = await compare(base, slower, '--fail-on', 'p95:300%,error_rate:0.5pp');
    expect(within.code).toBe(0);
    expect(lastLine(within.stdout)).toMatch(
      /^Nothing is shown to be worse than --fail-on allows: p95 .*, error rate .*; worse, but without a limit: throughput /,
    );
    const [deciding = '', others = ''] = within.stdout.split('Aggregated');
    expect(deciding).toMatch(/What decides\n {2}p95 .*\n.*\n {2}error rate/);
    expect(deciding).not.toContain('throughput');
    expect(others).toMatch(/^ {2}throughput/m);
    const beyond = await compare(base, slower, '--fail-on', 'p95:300%,health.p50:10%');
    expect(beyond.code).toBe(1);
    expect(lastLine(beyond.stdout)).toMatch(
      /^Worse than --fail-on allows: health p50 .*; worse, but without a limit: throughput /,
    );
  });

  test('--markdown adds to a file, --json and --csv write theirs', async () => {
    const at = (name: string): string => join(out, 'written', name);
    const outputs = ['--markdown', at('summary.md'), '--json', at('c.json'), '--csv', at('today')];
    await compare(base, slower, ...outputs);
    const { stdout } = await compare(base, slower, ...outputs);
    const markdown = readFileSync(at('summary.md'), 'utf8');
    expect(markdown.match(/^### ❌ Worse: /gm)).toHaveLength(2);
    const json = JSON.parse(readFileSync(at('c.json'), 'utf8'));
    expect(json.verdict).toMatchObject({ outcome: 'regression', exit_code: 1, sentence: lastLine(stdout) });
    const [header, ...lines] = parseCsv(readFileSync(at('today_comparison.csv'), 'utf8'));
    expect(header?.slice(0, 4)).toEqual(['kind', 'group', 'name', 'metric']);
    expect(lines.some((line) => line[3] === 'p95' && line.includes('worse'))).toBe(true);
    expect(readdirSync(join(out, 'written')).sort()).toEqual(['c.json', 'summary.md', 'today_comparison.csv']);
  });

  test('an output that cannot be written makes exit code 4; the others are written, and the report is printed', async () => {
    mkdirSync(join(out, 'taken.md'));
    const json = join(out, 'kept.json');
    const { code, stdout, stderr } = await compare(base, slower, '--markdown', join(out, 'taken.md'), '--json', json);
    expect(code).toBe(4);
    expect(stderr).toContain('taken.md');
    expect(lastLine(stdout)).toMatch(/^Worse/);
    expect(JSON.parse(readFileSync(json, 'utf8')).schema).toBe('sqload-comparison');
  });

  test('runs that are no pair are refused with 2, invalid ones with 3, given by their folders or taken by --last', async () => {
    const reports = join(out, 'invalid');
    const invalid = ['sustained', '--rate', '5/s', '--max-users', '1', '-t', '2m', '--out', reports, '--seed', '1'];
    expect((await sqload(invalid)).code).toBe(4);
    expect((await sqload(invalid, new Date('2026-11-22T13:00:00Z'))).code).toBe(4);
    const [first = '', second = ''] = readdirSync(reports).filter((name) => name !== 'history.csv');
    const folders = await compare(join(reports, first), join(reports, second));
    expect([folders.code, folders.stdout]).toEqual([3, '']);
    expect(folders.stderr).toContain(`The run ${join(reports, first)} is invalid`);
    const last = await compare(reports, '--last', '2');
    expect([last.code, last.stderr]).toEqual([3, expect.stringContaining('Passed over: 1 run (invalid)')]);
  });

  test('one run on both sides is named with its label and its folder, with --quiet too', async () => {
    const refused = await compare(base, base);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(`main (${base}) was given twice`)]);
    const quiet = await compare(base, base, '--allow-different', '--quiet');
    expect(quiet.stderr).toBe(
      `Compared all the same: main (${base}) was given twice: a run does not differ from itself.\n`,
    );
    expect(quiet.stdout.trimEnd().split('\n')).toHaveLength(1);
  });

  test('compares runs of another length, and says so', async () => {
    const longer = await play(join(out, 'longer'), [...fast, '-t', '3m']);
    const { code, stdout, stderr } = await compare(base, longer);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('- The length of the run differs: 2m in the baseline, 3m in the candidate.');
  });

  test('refuses runs that are not comparable, naming each difference, unless it is told otherwise', async () => {
    const other = await play(join(out, 'other'), [...fast, '-u', '30', '--think', '1s']);
    const { code, stdout, stderr } = await compare(base, other);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/The runs are not comparable.\n {2}The load differs: 20 users in the baseline, 30 users/);
    expect(stderr).toContain('The think time differs: 500ms in the baseline, 1s in the candidate.');
    expect(stderr).toContain('--allow-different');
    const allowed = await compare(base, other, '--allow-different');
    expect(allowed.code).toBeLessThan(2);
    expect(allowed.stdout).toContain('- The think time differs');
  });
});

test('several runs a side: --candidate tells them apart', async () => {
  const reports = join(out, 'several');
  const five = async (latency: readonly string[]): Promise<string[]> => {
    const folders: string[] = [];
    for (let i = 0; i < 5; i++) folders.push(await play(reports, [...latency, '-t', '20s']));
    return folders;
  };
  const [before, after] = [await five(fast), await five(slow)];
  const { code, stdout, stderr } = await compare(...before, '--candidate', ...after);
  expect(stderr).toBe('');
  expect(stdout).toContain('5 runs against 5; an exact rank test');
  expect(lastLine(stdout)).toMatch(/^Worse: p95/);
  expect(code).toBe(1);
  const few = await compare(...before.slice(0, 2), '--candidate', ...after.slice(0, 2), '--quiet');
  expect([few.code, few.stdout]).toEqual([3, expect.stringContaining('2 runs against 2 can show nothing')]);
  const whole = await compare(...before.slice(0, 2), '--candidate', ...after.slice(0, 2));
  expect(whole.stdout).toMatch(/^Certainty +2 runs against 2; too few: no difference can be shown$/m);
  expect(whole.stdout.match(/can show nothing/g)).toHaveLength(1);
}, 120_000);

describe('stats.csv', () => {
  test('of sqload or of Locust gives figures, which tell of errors alone', async () => {
    const { code, stdout } = await compare(join(base, 'stats.csv'), join(slower, 'stats.csv'));
    expect(stdout).toMatch(/^ {2}p95 +\d+ ms +\d+ ms/m);
    expect(stdout).toMatch(/^ {2}error rate .*no difference shown/m);
    expect(lastLine(stdout)).toMatch(/^Too little data for p95 and throughput: figures alone/);
    expect(stdout.match(/figures alone do not tell/g)).toHaveLength(1);
    expect(code).toBe(3);
  });

  test('beside its record tells how the run was made, and is no pair with it', async () => {
    const stats = join(base, 'stats.csv');
    const twice = await compare(stats, stats);
    expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('was given twice')]);
    const itself = await compare(base, stats);
    expect([itself.code, itself.stderr]).toEqual([2, expect.stringContaining('are the same run')]);
    const mixed = await compare(base, join(slower, 'stats.csv'));
    expect(mixed.stdout).toMatch(/^ +[\d ]+ requests, from 0:00 to 2:\d\d of the run$/m);
    expect(mixed.stdout).not.toContain('nobody can check');
    const elsewhere = join(out, 'elsewhere_stats.csv');
    writeFileSync(elsewhere, readFileSync(join(slower, 'stats.csv')));
    expect((await compare(base, elsewhere)).stdout).toContain('nobody can check');
  });

  test('of an invalid run is refused, as its record beside it says', async () => {
    const reports = join(out, 'invalid-stats');
    const load = ['sustained', '--rate', '5/s', '--max-users', '1', '-t', '2m', '--out', reports, '--seed', '3'];
    expect((await sqload(load)).code).toBe(4);
    const [folder = ''] = readdirSync(reports).filter((name) => name !== 'history.csv');
    const { code, stderr } = await compare(join(base, 'stats.csv'), join(reports, folder, 'stats.csv'));
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`The run ${join(reports, folder, 'stats.csv')} is invalid`),
    ]);
  });

  test.each([
    ['cut off', (text: string) => text.slice(0, -30), 'as if it were cut off'],
    ['without its total', (text: string) => text.slice(0, text.indexOf(',Aggregated')), 'no line "Aggregated"'],
    [
      'with words for numbers',
      (text: string) => text.replace(/Check,\d+/, 'Check,lots'),
      'must be a number, got "lots"',
    ],
    ['of another kind', () => 'a;b\n1;2\n', 'it is neither a record, a stats.csv nor a history.csv'],
    ['of the history', () => 'Timestamp,User Count,Type,Name\n', 'give the stats.csv beside it'],
    ['that draws on the terminal', () => '\x1b[2J\n', 'it is neither'],
  ])('%s is refused', async (_, damage, message) => {
    const path = join(out, 'damaged_stats.csv');
    writeFileSync(path, damage(readFileSync(join(base, 'stats.csv'), 'utf8')));
    const { code, stdout, stderr } = await compare(base, path);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('\x1b');
  });
});

describe('--last', () => {
  const reports = join(out, 'last');
  let newest: string;
  beforeAll(async () => {
    for (let i = 0; i < 4; i++) await play(reports, [...fast, '--label', 'main']);
    await play(reports, [...slow, '--label', 'odd']);
    await play(reports, [...fast, '-u', '5']);
    newest = await play(reports, [...slow, '--label', 'fix']);
  }, 120_000);

  test('compares the newest run with those before it, of the same load and label, by their records', async () => {
    const { code, stdout, stderr } = await compare(reports, '--last', '4', '--baseline-label', 'main');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^Candidate +fix \(/m);
    expect(stdout).toContain('4 runs against 1');
    expect(stdout.replace(/\n */g, ' ')).toContain('1 run (another load), 1 run (another label)');
    expect(stdout).toContain('Follow-up Question Generation');
    expect(lastLine(stdout)).toMatch(/^Worse: p95/);
    expect(code).toBe(1);
  });

  test('says how many runs there are, when they are fewer', async () => {
    const { stdout } = await compare(join(reports, 'history.csv'), '--last', '9');
    expect(stdout.replace(/\n */g, ' ')).toContain('has 5 runs to compare with, not the 9 of --last');
  });

  test('takes the figures of the history where a record is gone, and says so', async () => {
    const [gone = ''] = readdirSync(reports)
      .sort()
      .filter((name) => name !== 'history.csv');
    renameSync(join(reports, gone), join(out, 'moved'));
    const { code, stdout } = await compare(reports, '--last', '4', '--baseline-label', 'main');
    renameSync(join(out, 'moved'), join(reports, gone));
    expect(stdout).toContain('The record of one run is not there any more');
    expect(stdout).not.toContain('Follow-up Question Generation');
    expect(lastLine(stdout)).toMatch(/^Worse: p95/);
    expect(code).toBe(1);
  });

  test('passes over lines that cannot be read, and never leaves the folder of the history', async () => {
    const path = join(out, 'strange', 'history.csv');
    mkdirSync(join(out, 'strange'));
    const lines = readFileSync(join(reports, 'history.csv'), 'utf8').split('\r\n').slice(1);
    const abroad = lines.map((line) => line.replace('sustained-', '../last/sustained-'));
    writeFileSync(path, `${historyHeader}torn,"\r\n${abroad.join('\r\n')}`);
    const { stdout } = await compare(path, '--last', '4', '--baseline-label', 'main');
    expect(stdout).toContain('The records of 5 runs are not there any more');
    expect(stdout.replace(/\n */g, ' ')).toContain(
      'cannot be read, the first is line 2: line 1: a quote is not closed',
    );
  });

  test('with nothing to compare with is too little data', async () => {
    const { code, stderr } = await compare(reports, '--last', '4', '--baseline-label', 'v1');
    expect([code, stderr]).toEqual([3, expect.stringContaining('and the label v1 to compare it with')]);
    expect(newest).toContain(reports);
  });
});

test.each([
  [['x'], 'There is nothing to compare with'],
  [['a', 'b', 'c'], 'Of 3 runs nobody can tell'],
  [['nowhere', 'b'], 'Cannot read nowhere: there is no such file or folder.'],
  [['a', 'b', '--last', '3'], '--last needs one history.csv'],
  [['a', 'b', '--baseline-label', 'x'], 'Give it together with --last'],
  [['a', 'b', '--min-effect', '5'], 'must be a share of the baseline'],
  [['a', 'b', '--fail-on', 'p96:5%'], 'there is no metric "p96"'],
  [['a', 'b', '--json', '/proc/nowhere/x.json'], 'Choose another folder with --json'],
])('sqload compare %j is wrong usage', async (argv, message) => {
  const { code, stdout, stderr } = await compare(...argv);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});

test('one history.csv without --last, and a limit on a row that there is not, are wrong usage', async () => {
  const history = await compare(join(out, 'pair', 'history.csv'), base);
  expect([history.code, history.stderr]).toEqual([2, expect.stringContaining('Say with --last')]);
  for (const other of ['custom.lookup.p95:5%', 'session.p95:5%']) {
    const limit = await compare(base, same, '--fail-on', other);
    expect([limit.code, limit.stderr]).toEqual([2, expect.stringContaining('are not compared')]);
  }
  const row = await compare(base, same, '--fail-on', 'nobody.p95:5%');
  expect([row.code, row.stderr]).toEqual([2, expect.stringContaining('limits what the runs do not have in common')]);
});
