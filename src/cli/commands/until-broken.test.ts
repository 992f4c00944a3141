import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fakeHost } from '../../testing/fake-host.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { runVirtually, virtualMachinery } from '../../testing/virtual-machinery.ts';

const out = mkdtempSync(join(tmpdir(), 'sqload-climb-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

let runs = 0;

async function sqload(argv: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const here = join(out, String(runs++));
  const clock = new VirtualClock();
  const isPlan = argv[0] === 'plan';
  const host = fakeHost({ argv: [...argv, ...(isPlan ? [] : ['--seed', '1', '--out', here])], files });
  const code = await runVirtually(host, clock, virtualMachinery(clock));
  const made = existsSync(here) ? readdirSync(here).find((name) => name !== 'history.csv') : undefined;
  const file = (name: string): string => readFileSync(join(here, made ?? '', name), 'utf8');
  return { code, ...host.written, file };
}

// Four at once, 150 ms each: 26.7 requests/s, which 137 users offer when replies take no more than that.
const server = ['--mock-capacity', '4', '--mock-latency', '150ms'];
const hold = ['sustained', '--users', '100', '--run-time', '90s', '--until-broken', ...server];
const endOf = (record: string) => JSON.parse(record.trimEnd().split('\n').at(-1) ?? '{}');

describe('--until-broken', () => {
  test('climbs past the scenario until a limit breaks, and is judged by the steady window before it', async () => {
    const run = await sqload(hold);
    expect(endOf(run.file('record.ndjson'))).toMatchObject({
      reason: 'broke',
      broke: { step: expect.any(Number), limits: ['p95<500ms'] },
    });
    expect(run.stderr).toContain('Then 15 steps of 20 users each, up to 400 users, until a limit breaks');
    expect(run.stderr).toMatch(
      /p95<500ms broke at step [23], with 1[46]0 users \(\d+ of \d+ requests took longer or failed\): stopping/,
    );
    expect(run.stdout).toMatch(/climbed past the scenario until p95<500ms broke at step [23], 1[46]0 users/);
    expect(run.stdout).toMatch(/from\s+1[46]0\s+users\s+\([^)]*\)\s+on,\s+p95\s+< 500 ms\s+did\s+not\s+hold/);
    expect(run.stdout).not.toContain('step 6');
    // The last step is told up to where the run ended.
    const [, ended] = /^Ran +(\S+) of /m.exec(run.stdout) ?? [];
    const [, last] = /^step [23] +\S+ +(\d+:\d\d) .*\n\n/m.exec(run.stdout) ?? [];
    const [minutes, rest] = (last ?? '').split(':').map(Number);
    expect(`${minutes}m${rest}s`).toBe(ended);
    expect(run.stdout.trimEnd().split('\n').at(-1)).toMatch(/^Passed.*steady window, 5s to 1m30s/);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.file('summary.json')).run.end).toBe('broke');
  });

  test('a limit on a mean ends it too, and is named', async () => {
    const run = await sqload([...hold, '--no-default-thresholds', '--threshold', 'avg<300ms']);
    expect(endOf(run.file('record.ndjson')).reason).toBe('broke');
    expect(run.stderr).toMatch(/avg<300ms broke at step [34], with 1[68]0 users \(above it in \d+ of \d+ seconds\)/);
    expect(run.stdout).toMatch(/from\s+1[68]0\s+users\s+\([^)]*\)\s+on,\s+avg\s+<\s+300\s+ms\s+did\s+not\s+hold/);
  });

  test('is the same with several load threads', async () => {
    const run = await sqload([...hold, '--workers', '2']);
    expect(endOf(run.file('record.ndjson')).reason).toBe('broke');
  });

  test('climbs to --max-users when nothing breaks, and says so', async () => {
    const run = await sqload(['sustained', '-u', '20', '-t', '60s', '--until-broken', '--max-users', '28']);
    expect(endOf(run.file('record.ndjson')).reason).toBe('completed');
    expect(run.stdout).toContain('Nothing broke up to the last step, 28 users.');
    expect(run.code).toBe(0);
  });

  test('does not climb when the scenario itself has broken a limit', async () => {
    const run = await sqload([...hold, '--users', '200']);
    const end = endOf(run.file('record.ndjson'));
    expect(end.reason).toBe('broke');
    expect(end.at).toBeLessThan(100_000);
    expect(run.stderr).toContain('p95<500ms broke before the first step');
    expect(run.stdout.replace(/\s+/g, ' ')).toContain("The scenario's own 200 users broke p95<500ms, so");
    expect(run.code).toBe(1);
  });

  test('a server that dies under a step broke there', async () => {
    const run = await sqload(['sustained', '-u', '20', '-t', '30s', '--until-broken', '--mock-fault', 'hang@34s-']);
    expect(endOf(run.file('record.ndjson')).reason).toBe('broke');
    expect(run.stderr).toMatch(/Nothing succeeded for 30 s at step 1, with 24 users: stopping/);
    expect(run.stdout).toMatch(/climbed past the scenario until error_rate<1% broke at step 1, 24 users/);
  });

  test('stands in a scenario file, with max_users', async () => {
    const yaml = 'users: 20\nspawn_rate: 5/s\nrun_time: 60s\nuntil_broken: true\nmax_users: 24\n';
    const plan = await sqload(['plan', 'mine.yaml'], { 'mine.yaml': yaml });
    expect(plan.stdout).toContain('20 users, 1m, then 1 step of 4 users, up to 24 users, until a limit breaks: 1m');
    expect(plan.stdout).toMatch(/step 1 +1m to \S+ +20 to 24 users/);
  });

  test.each([
    [['sustained', '--until-broken', '--rate', '5/s'], /--until-broken.*arrive at a rate/],
    [['sustained', '--until-broken', '--max-users', '50'], /--max-users is 50/],
    [['sustained', '--until-broken', '--slice', '1/2', '-H', 'http://a'], /--until-broken and --slice exclude/],
    [['sustained', '--until-broken', '--no-default-thresholds'], /this run has none/],
    [['sustained', '--max-users', '500'], /--max-users says nothing/],
  ])('%j is refused before anything is touched', async (argv, expected) => {
    const run = await sqload(argv);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(expected);
  });
});
