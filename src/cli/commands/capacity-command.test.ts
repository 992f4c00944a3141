import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseHistory } from '../../report/run-history.ts';
import { type FakeHost, fakeHost } from '../../testing/fake-host.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { runVirtually, virtualMachinery } from '../../testing/virtual-machinery.ts';

const out = mkdtempSync(join(tmpdir(), 'sqload-capacity-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

let runs = 0;

async function capacity(
  argv: readonly string[],
  options: {
    readonly env?: Record<string, string>;
    readonly script?: (clock: VirtualClock, host: FakeHost) => void;
  } = {},
) {
  const here = join(out, String(runs++));
  const clock = new VirtualClock();
  const words = ['capacity', '--seed', '1', '--out', here, ...argv];
  const host = fakeHost({ argv: words, env: options.env ?? {} });
  options.script?.(clock, host);
  const code = await runVirtually(host, clock, virtualMachinery(clock));
  const made = existsSync(here) ? readdirSync(here).find((name) => name !== 'history.csv') : undefined;
  const folder = join(here, made ?? '');
  return { code, ...host.written, folder, file: (name: string) => readFileSync(join(folder, name), 'utf8') };
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';
// One at a time, 100 ms each: 10 requests/s, which 21 users offer who think for 2 s.
const server = ['--mock-capacity', '1', '--mock-latency', '100ms', '--think', '1s-3s', '--mix', 'initial=1'];
const own = ['--no-default-thresholds', '--threshold', 'p95<500ms'];

describe('sqload capacity', () => {
  test('finds the interval, tells every trial, and keeps a record of each below one folder', async () => {
    const run = await capacity([...server, ...own, '--precision', '20%']);
    expect(lastLine(run.stdout)).toMatch(
      /^Sustains (\d+–)?\d+ users, \d\.\d+ requests\/s, within all thresholds; beyond it p95<500ms breaks first\.$/,
    );
    expect(run.code).toBe(0);
    const { answer, trials } = JSON.parse(run.file('capacity.json'));
    expect(answer.holds_users).toBeGreaterThan(10);
    expect(answer.breaks_users).toBeLessThan(24);
    expect(trials).toHaveLength(run.stderr.match(/^Trial /gm)?.length ?? 0);
    expect(run.file('capacity.csv').trimEnd().split('\r\n')).toHaveLength(trials.length + 1);
    for (const { folder } of trials) expect(run.file(join(folder, 'record.ndjson'))).toContain('"kind":"end"');
    expect(run.stdout).toMatch(/^Users +requests\/s +p95 +errors/);
  }, 120_000);

  test('names a limit on sessions, of which none is set up while the load stands', async () => {
    const sessions = ['--dialect', 'mcp', '--mcp-version', '2025-06-18', '--threshold', 'session.p95<5s'];
    const run = await capacity([...server, ...own, ...sessions, '--precision', '40%']);
    expect(lastLine(run.stdout)).toMatch(
      /, within all thresholds that could be told, not session\.p95<5s; beyond it p95<500ms breaks first\.$/,
    );
    expect(run.stdout.replace(/\s+/g, ' ')).toContain(
      'Too little or nothing was measured to show that session.p95<5s held at this load.',
    );
    expect(JSON.parse(run.file('capacity.json')).trials[0].unsure_limits).toEqual(['session.p95<5s']);
  }, 120_000);

  test('adds one line to the history: the label, and the highest load that held, with its record', async () => {
    const run = await capacity([...server, ...own, '--precision', '20%', '--label', 'v2', '--quiet']);
    expect([run.code, run.stderr]).toEqual([0, '']);
    const held = JSON.parse(run.file('capacity.json')).answer.holds_users;
    const { runs: lines } = parseHistory(readFileSync(join(run.folder, '..', 'history.csv'), 'utf8'));
    expect(lines).toMatchObject([
      { scenario: 'capacity', label: 'v2', users: held, usersPlanned: held, verdict: 'passed' },
    ]);
    expect(lines[0]?.path).toMatch(new RegExp(`^${basename(run.folder)}/trial-\\d\\d-${held}-users$`));
    expect(existsSync(join(run.folder, '..', lines[0]?.path ?? '', 'record.ndjson'))).toBe(true);
    expect(existsSync(join(run.folder, 'history.csv'))).toBe(false);
  }, 120_000);

  test('has the line of the least load in the history when every load breaks', async () => {
    const run = await capacity([...server, '--no-default-thresholds', '--threshold', 'p95<50ms', '--start', '2']);
    expect(run.code).toBe(1);
    const { runs: lines } = parseHistory(readFileSync(join(run.folder, '..', 'history.csv'), 'utf8'));
    expect(lines).toMatchObject([{ usersPlanned: 1, verdict: 'failed' }]);
  }, 120_000);

  test('a limit on a mean ends the search, and is named', async () => {
    const run = await capacity([
      ...server,
      '--no-default-thresholds',
      '--threshold',
      'avg<300ms',
      '--precision',
      '20%',
    ]);
    expect(lastLine(run.stdout)).toMatch(/^Sustains .* users, .*; beyond it avg<300ms breaks first\.$/);
  });

  test('says when nothing broke up to --max-users', async () => {
    const run = await capacity(['--max-users', '12', '--think', '1s', ...own]);
    expect(lastLine(run.stdout)).toMatch(/^Sustains at least 12 users, .* nothing broke up to the highest load/);
    expect(run.code).toBe(0);
  });

  test('says when a single user breaks a limit already, and exits with 1', async () => {
    const run = await capacity(['--start', '1', '--mock-latency', '600ms', '--think', '1s', ...own]);
    expect(lastLine(run.stdout)).toBe('Sustains not even one user within all thresholds: p95<500ms breaks at once.');
    expect(run.code).toBe(1);
  });

  test.each([
    [8, 0],
    [200, 1],
  ])('--at-least %i is a gate: exit %i', async (least, code) => {
    const run = await capacity([...server, ...own, '--at-least', String(least), '--precision', '30%', '--quiet']);
    expect(run.code).toBe(code);
    expect(run.stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(run.stderr).toBe('');
  });

  test('--max-time ends it with what is known', async () => {
    const able = ['--mock-latency', '100ms', '--think', '1s-3s', '--mix', 'initial=1', '--window', '150s'];
    const run = await capacity([...able, ...own, '--start', '4', '--max-time', '12m']);
    expect(lastLine(run.stdout)).toMatch(/^Stopped before it was known: the server sustains at least \d+ users?/);
    expect(run.code).toBe(3);
  });

  test('a --max-time without room for an answer is refused with the least that has it, and that one gives an answer', async () => {
    const argv = [...server, ...own, '--start', '4'];
    const short = await capacity([...argv, '--max-time', '100s']);
    expect([short.code, short.stdout, existsSync(short.folder)]).toEqual([2, '', false]);
    const least = /Give --max-time (\S+) or more/.exec(short.stderr)?.[1] ?? '';
    expect(short.stderr).toContain(
      `--max-time 1m40s is too short for an answer: the first load of 4 users, one beside it and a repeat take up to ${least}.`,
    );
    const enough = await capacity([...argv, '--max-time', least]);
    expect(JSON.parse(enough.file('capacity.json')).trials.length).toBeGreaterThan(2);
    expect([enough.code, lastLine(enough.stdout)]).toEqual([0, expect.stringMatching(/^Sustains /)]);
  });

  test('a signal ends the trial and the search, exit 130', async () => {
    const script = (clock: VirtualClock, host: FakeHost) =>
      void clock.until(100_000 as never).then(() => host.signal('SIGINT'));
    const run = await capacity([...server, ...own, '--start', '4'], { script });
    expect(run.code).toBe(130);
    expect(lastLine(run.stdout)).toMatch(/^Stopped before it was known/);
  });

  test('leaves variables that set the load of other runs aside', async () => {
    const env = { SQLOAD_USERS: '7', SQLOAD_RATE: '5/s', SQLOAD_BASELINE: '10%', SQLOAD_RUN_TIME: '5s' };
    const run = await capacity(['--max-users', '12', '--think', '1s', ...own], { env });
    expect(run.code).toBe(0);
  });

  test.each([
    [['--no-default-thresholds'], /no limit that more load could break/],
    [['--no-default-thresholds', '--threshold', 'rps>5'], /no limit that more load could break/],
    [['--users', '5'], /has no option --users/],
    [['--precision', '0%'], /--precision 0% must be a share from 1% to 50%/],
  ])('%j is refused before anything is touched', async (argv, expected) => {
    const run = await capacity(argv);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(expected);
    expect(existsSync(run.folder)).toBe(false);
  });
});
