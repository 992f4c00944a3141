import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type FakeHost, fakeHost } from '../../testing/fake-host.ts';
import type { SimulatedServerOptions } from '../../testing/simulated-server.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { runVirtually, virtualMachinery } from '../../testing/virtual-machinery.ts';

const out = mkdtempSync(join(tmpdir(), 'sqload-run-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

interface Played {
  readonly code: number;
  readonly host: FakeHost;
  readonly stdout: string;
  readonly stderr: string;
  /** The folder of the run, or null when none was made. */
  readonly folder: string | null;
  file(name: string): string;
}

let runs = 0;

/** Runs the command line in virtual time. `script` sets alarms before time begins to pass. */
async function sqload(
  argv: readonly string[],
  options: {
    readonly server?: Partial<SimulatedServerOptions>;
    readonly env?: Readonly<Record<string, string>>;
    readonly files?: Readonly<Record<string, string>>;
    readonly script?: (clock: VirtualClock, host: FakeHost) => void;
  } = {},
): Promise<Played> {
  const clock = new VirtualClock();
  const machinery = virtualMachinery(clock, options.server);
  const here = join(out, String(runs++));
  const isRun = !['report', 'plan', 'mock', 'merge'].includes(argv[0] ?? '');
  const host = fakeHost({
    argv: [...argv, ...(isRun ? ['--seed', '1'] : []), ...(isRun && !argv.includes('--out') ? ['--out', here] : [])],
    env: options.env ?? {},
    files: options.files ?? {},
  });
  options.script?.(clock, host);
  const code = await runVirtually(host, clock, machinery);
  const made = existsSync(here) ? (readdirSync(here).find((name) => name !== 'history.csv') ?? null) : null;
  const folder = made === null ? null : join(here, made);
  return {
    code,
    host,
    ...host.written,
    folder,
    file: (name) => readFileSync(join(folder ?? '', name), 'utf8'),
  };
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';
const own = ['--no-default-thresholds', '--threshold', 'p95<500ms'];

describe('sqload spike', () => {
  test('runs from load to graded reports and passes on the built-in server', async () => {
    const run = await sqload(['spike', '--users', '200', '--run-time', '60s']);
    expect(run.stderr).toContain('built-in server');
    expect(lastLine(run.stdout)).toMatch(/^Passed/);
    expect(run.code).toBe(0);
    expect(readdirSync(run.folder ?? '').sort()).toEqual([
      'exceptions.csv',
      'failures.csv',
      'generator.csv',
      'record.ndjson',
      'stats.csv',
      'stats_history.csv',
      'summary.json',
      'thresholds.csv',
    ]);
    const summary = JSON.parse(run.file('summary.json'));
    expect(summary.verdict).toMatchObject({ outcome: 'passed', exit_code: 0 });
  });

  test('sqload report prints the same bytes and exits with the same code, from the folder and from the record', async () => {
    const run = await sqload(['spike', '--users', '50', '--run-time', '30s', '--mock-fault', '500:20%']);
    expect(run.code).toBe(1);
    for (const path of [run.folder ?? '', join(run.folder ?? '', 'record.ndjson')]) {
      const again = await sqload(['report', path]);
      expect(again.stdout).toBe(run.stdout);
      expect(again.code).toBe(1);
    }
  });

  test('--quiet leaves the line with the verdict, on standard output, and nothing else', async () => {
    const run = await sqload(['spike', '--users', '50', '--run-time', '30s', '--quiet', ...own]);
    expect(run.stderr).toBe('');
    expect(run.stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(run.stdout).toMatch(/^Passed/);
  });

  test('--csv writes the files of Locust under the prefix as well', async () => {
    const prefix = join(out, 'locust', 'today');
    const run = await sqload(['spike', '--users', '50', '--run-time', '30s', '--csv', prefix, ...own]);
    expect(run.code).toBe(0);
    for (const name of ['stats', 'stats_history', 'failures', 'exceptions', 'generator'])
      expect(readFileSync(`${prefix}_${name}.csv`, 'utf8')).toBe(run.file(`${name}.csv`));
  });

  test('keeps in the record what is allowed, and nothing is unless it was said', async () => {
    const allowed = async (...flags: string[]): Promise<unknown> => {
      const run = await sqload(['spike', '--users', '2', '--run-time', '20s', ...flags]);
      return JSON.parse(run.file('record.ndjson').split('\n')[0] ?? '').allowed;
    };
    expect(await allowed()).toEqual({ saturated: false, dropped: false });
    expect(await allowed('--allow-saturated')).toEqual({ saturated: true, dropped: false });
    expect(await allowed('--allow-dropped')).toEqual({ saturated: false, dropped: true });
  });
});

describe('how a run ends', () => {
  const brief = ['sustained', '--users', '20', '--run-time', '60s'];

  test.each([
    ['500', 'http-5xx', 500],
    ['429', 'http-4xx', 429],
    ['reset', 'reset', 0],
    ['truncated', 'reset', 0],
    ['not-json', 'not-json', 200],
    ['missing-ids', 'missing-field', 200],
  ])(
    '%s on every request: every request fails as %s, and the run stops by itself after 30 s',
    async (fault, kind, status) => {
      const run = await sqload([...brief, '--mock-fault', fault, '--mix', 'initial=1,follow-up=1']);
      expect(run.code).toBe(1);
      const { failures } = JSON.parse(run.file('summary.json'));
      expect(run.file('record.ndjson')).toContain('"reason":"nothing-succeeded"');
      expect(failures).toHaveLength(1);
      expect(failures[0]).toMatchObject({ kind, http_status: status === 0 ? null : status });
    },
  );

  test('a hung server: the run stops after 30 s without a success, and what is in flight is unfinished', async () => {
    const run = await sqload([...brief, '--mock-fault', 'hang']);
    expect(run.code).toBe(1);
    const { failures } = JSON.parse(run.file('summary.json'));
    expect(failures.map(({ kind }: { kind: string }) => kind)).toContain('unfinished');
    expect(run.stderr).toContain('Nothing succeeded for 30 s');
  });

  test('a dead server: exit 5 before the load, with a sentence that says what to do, and no folder', async () => {
    const run = await sqload(['spike', '--host', 'http://127.0.0.1:9', '--users', '5', '--run-time', '10s'], {
      server: {
        plant: () => ({ kind: 'broken', error: 'refused', detail: 'connect ECONNREFUSED', after: 0 as never }),
      },
    });
    expect(run.code).toBe(5);
    expect(run.stderr).toMatch(/Nothing listens at http:\/\/127\.0\.0\.1:9/);
    expect(run.folder).toBeNull();
  });

  test('a server that dies in mid-run: its requests fail, the run ends, exit 1', async () => {
    const run = await sqload([...brief, '--mock-fault', 'reset@20s-']);
    expect(run.code).toBe(1);
    expect(run.file('record.ndjson')).toContain('"reason":"nothing-succeeded"');
  });

  test('--abort-on-fail ends the run as soon as a threshold is broken', async () => {
    const run = await sqload(['sustained', '--run-time', '10m', '--mock-fault', '500:50%', '--abort-on-fail', ...own]);
    expect(run.code).toBe(1);
    const end = JSON.parse(lastLine(run.file('record.ndjson')));
    expect(end.reason).toBe('threshold-failed');
    expect(end.at).toBeLessThan(120_000);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends the run in order: reports are written, exit %i', async (signal, code) => {
    const run = await sqload([...brief, ...own], {
      script: (clock, host) => void clock.until(20_000 as never).then(() => host.signal(signal)),
    });
    expect(run.code).toBe(code);
    expect(run.file('stats.csv')).toContain('Aggregated');
    const again = await sqload(['report', run.folder ?? '']);
    expect(again.stdout).toBe(run.stdout);
    expect(again.code).toBe(code);
  });

  test('after a signal requests in flight get at most 5 s, whatever --stop-timeout says', async () => {
    const run = await sqload([...brief, '--mock-fault', 'hang:50%', '--stop-timeout', '30s', ...own], {
      script: (clock, host) => void clock.until(20_000 as never).then(() => host.signal('SIGINT')),
    });
    expect(run.code).toBe(130);
    const end = JSON.parse(lastLine(run.file('record.ndjson')));
    // The alarm counts from the preflight, the record from the start of the load.
    expect(end.at).toBeGreaterThan(24_700);
    expect(end.at).toBeLessThanOrEqual(25_000);
  });

  test('a second signal leaves at once', async () => {
    const run = await sqload([...brief, '--mock-fault', 'hang:50%', ...own], {
      script: (clock, host) => {
        void clock.until(20_000 as never).then(() => host.signal('SIGINT'));
        void clock.until(21_000 as never).then(() => host.signal('SIGINT'));
      },
    });
    expect(run.host.exits).toEqual([130]);
  });

  test('a record that was cut short is inconclusive, and reports up to its last whole line', async () => {
    const run = await sqload([...brief, ...own]);
    const path = join(out, 'cut.ndjson');
    const { writeFileSync } = await import('node:fs');
    const lines = run.file('record.ndjson').split('\n');
    writeFileSync(path, `${lines.slice(0, 40).join('\n')}\n${lines[40]?.slice(0, 30)}`);
    const report = await sqload(['report', path]);
    expect(report.code).toBe(3);
    expect(report.stdout).toMatch(/cut short/i);
  });
});

describe('the API key', () => {
  test('is in no byte of any output, whatever a server does with it', async () => {
    const key = 'sk-"very/secret+key&<1>';
    const echo = JSON.stringify({ detail: `Bearer ${key}`, b64: btoa(key), url: encodeURIComponent(key), plain: key });
    const run = await sqload(
      ['sustained', '--host', 'http://127.0.0.1:9', '--users', '10', '--run-time', '20s', '--no-preflight'],
      {
        env: { SQLOAD_API_KEY: key },
        server: {
          plant: (user, step) =>
            step % 2 === 0
              ? { kind: 'answered', status: 200 + 100 * (user % 4), body: echo, contentType: key, after: 5 as never }
              : { kind: 'broken', error: 'protocol-error', detail: `bad header ${key}`, after: 5 as never },
        },
      },
    );
    const files = readdirSync(run.folder ?? '').map((name) => run.file(name));
    const everything = [run.stdout, run.stderr, ...files].join('\n');
    expect(everything).toContain('[redacted]');
    for (const form of [key, JSON.stringify(key).slice(1, -1), encodeURIComponent(key), btoa(key), key.slice(4, 16)])
      expect(everything).not.toContain(form);
  });
});

describe('bad input', () => {
  test.each([
    [['spike', '--frobnicate'], /--frobnicate/],
    [['spike', '-u', '0'], /-u.*0|users/i],
    [['spike', '--run-time', '5x'], /5x/],
    [['run', 'missing.yaml'], /missing\.yaml/],
    [['run', 'broken.yaml'], /broken\.yaml:\d+/],
    [['spike', '--host', 'localhost:8000'], /http:\/\//],
    [['spike', '--host', 'http://a', '--url', 'http://b'], /--host|--url/],
    [['spike', '--threshold', 'p95<'], /p95</],
    [['spike', '--threshold', 'p59x<5ms'], /p59x/],
    [['spike', '--threshold', 'nosuch.p95<5ms'], /nosuch/],
    [['spike', '--host', 'http://127.0.0.1:8000', '--threshold', 'cpu<50%'], /no monitor.*\n.*--monitor port:8000/],
    [['spike', '--threshold', 'db.cpu<50%'], /there is no monitor "db".*\n.*monitors are server/],
    [['spike', '--mock-fault', 'explode'], /explode/],
    [['report', '/no/such/folder'], /no such|there is no|cannot read/i],
  ])('%j is one clear sentence with a hint, exit 2, and touches nothing', async (argv, expected) => {
    const run = await sqload(argv, { files: { 'broken.yaml': 'name: x\nusers: many\nrun_time: 5x\n' } });
    expect(run.code).toBe(2);
    expect(run.stdout).toBe('');
    expect(run.stderr).toMatch(expected);
    expect(run.stderr).toMatch(/^sqload: /);
    expect(run.folder).toBeNull();
  });

  test('a folder that cannot be written is found before the run', async () => {
    const run = await sqload(['spike', '--out', '/proc/nowhere']);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('/proc/nowhere');
  });
});

test('a redirect is told with its status, before the load', async () => {
  const run = await sqload(['spike', '--host', 'http://127.0.0.1:9', '-u', '1', '-t', '5s'], {
    server: { plant: () => ({ kind: 'answered', status: 301, body: '', after: 0 as never }) },
  });
  expect(run.code).toBe(5);
  expect(run.stderr).toContain('answers HTTP 301 to GET /health, a redirect');
});

test('files that cannot be understood are told before the run', async () => {
  const broken = '-----BEGIN CERTIFICATE-----\ngarbage\n-----END CERTIFICATE-----\n';
  const ca = await sqload(['spike', '--ca', 'ca.pem'], { files: { 'ca.pem': broken } });
  expect([ca.code, ca.stderr]).toEqual([2, expect.stringContaining('holds no certificate')]);
  const line = await sqload(['spike'], { files: { '.env': '# mine\nSQLOAD_USERS 3\n' } });
  expect([line.code, line.stderr]).toEqual([
    2,
    expect.stringContaining('Cannot read .env:2: SQLOAD_USERS has no value'),
  ]);
  const wide = await sqload(['spike'], { files: { '.env': 'S\0Q\0' } });
  expect([wide.code, wide.stderr]).toEqual([2, expect.stringContaining('not UTF-8')]);
});

test('every problem of a scenario file is told at once, thresholds, faults and addresses included', async () => {
  const run = await sqload(['run', 'bad.yaml'], {
    files: {
      'bad.yaml':
        'users: 5\nspawn_rate: 5/s\nrun_time: 10s\nbogus: 1\nhost: http://a/?q\nthresholds: [p95<800, "foo.p95<1s"]\nmock: { latency: fast, fault: [explode] }\nconnections: many\nkeep_alive: 0s\n',
    },
  });
  expect(run.code).toBe(2);
  expect(run.stderr).toContain('8 problems');
  for (const place of [
    '4:1 bogus',
    '5:7 host',
    '6:14 thresholds[0]',
    '6:23 thresholds[1]',
    'mock.latency',
    'mock.fault[0]',
    '8:14 connections',
    '9:13 keep_alive',
  ])
    expect(run.stderr).toContain(place);
});

test('a scenario file says which connections there are, and a flag says otherwise', async () => {
  const files = {
    'shared.yaml':
      'users: 5\nspawn_rate: 5/s\nrun_time: 10s\nconnections: shared:2\nkeep_alive: off\nstale_retry: false\ntls_resumption: true\nallow_dropped: true\n',
  };
  const { stdout } = await sqload(['plan', 'shared.yaml', '--keep-alive', '4s', '--print-config'], { files });
  for (const line of [
    /^connections +shared:2 +scenario file$/m,
    /^keep-alive +4s +flag$/m,
    /^no-stale-retry +yes +scenario file$/m,
    /^tls-resumption +yes +scenario file$/m,
    /^allow-dropped +yes +scenario file$/m,
  ])
    expect(stdout).toMatch(line);
});

test('what a server says before the load reaches the terminal without its control characters', async () => {
  const run = await sqload(['spike', '--host', 'http://127.0.0.1:9', '-u', '1', '-t', '5s'], {
    server: { plant: () => ({ kind: 'answered', status: 500, body: '\x1b]0;gone\x07\x1b[2J', after: 0 as never }) },
  });
  expect(run.code).toBe(5);
  expect(run.stderr).toContain('\\x1b]0;gone\\x07');
  expect(run.stderr).not.toContain('\x1b');
});

test('a record whose numbers do not add up is damaged, not a bug', async () => {
  const run = await sqload(['spike', '-u', '5', '-t', '10s', ...own]);
  const { writeFileSync } = await import('node:fs');
  const path = join(out, 'damaged.ndjson');
  for (const [from, to] of [
    ['"row":1', '"row":77'],
    ['"started":', '"started":1'],
  ] as const) {
    writeFileSync(path, run.file('record.ndjson').replace(from, to));
    const report = await sqload(['report', path]);
    expect(report.code).toBe(2);
    expect(report.stderr).toMatch(/^sqload: Cannot read the record .*do not add up/);
  }
});

test('sqload plan sends nothing and says what the run will be', async () => {
  const plan = await sqload(['plan', 'ramp']);
  expect(plan.code).toBe(0);
  expect(plan.stdout).toContain('300 users');
  expect(plan.stdout).toContain('--climb 8m');
});

const examples = Object.fromEntries(
  ['open.yaml', 'mixed.yaml'].map((name) => [
    name,
    readFileSync(new URL(`../../../scenarios/${name}`, import.meta.url), 'utf8'),
  ]),
);

test('sqload plan shows the rate of open load, the requests that come of it, and the users that it takes', async () => {
  const plan = await sqload(['plan', 'spike', '--rate', '20/s', '--arrivals', 'poisson', '--max-users', '300']);
  expect(plan.stderr).toBe('');
  expect(plan.code).toBe(0);
  expect(plan.stdout).toContain('up to 20 conversations/s');
  expect(plan.stdout).toContain('conversations/s\n');
  const mixed = await sqload(['plan', 'mixed.yaml', '--users', '9', '--rate', '2'], { files: examples });
  expect(mixed.code).toBe(0);
  expect(mixed.stdout).toContain('9 users');
});

test('--rate beside --users or --spawn-rate is a usage error, unless the scenario has phases of both', async () => {
  for (const [argv, sentence] of [
    [['spike', '--rate', '5', '--users', '5'], '--rate and --users exclude each other'],
    [['run', 'open.yaml', '--rate', '5', '--spawn-rate', '5'], '--rate and --spawn-rate exclude each other'],
    [['run', 'open.yaml', '--users', '5'], 'there is no place for a number of users'],
    [['sustained', '--max-users', '5'], 'has a fixed number of users and no arrivals'],
  ] as const) {
    const { code, stderr } = await sqload(argv, { files: examples });
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  }
});

test('a rate on the command line wins over users in the environment, and the other way round', async () => {
  const rate = await sqload(['plan', 'spike', '--rate', '5', '--print-config'], { env: { SQLOAD_USERS: '7' } });
  expect(rate.stdout).toMatch(/^users +none +flag$/m);
  expect(rate.stdout).toMatch(/^rate +5\/s +flag$/m);
  const users = await sqload(['plan', 'spike', '--users', '7', '--print-config'], { env: { SQLOAD_RATE: '5' } });
  expect(users.stdout).toMatch(/^users +7 +flag$/m);
  expect(users.stdout).toMatch(/^rate +none +flag$/m);
});

test('--print-config shows each value and where it came from, and no secret', async () => {
  const run = await sqload(['spike', '--users', '7', '--print-config'], {
    env: { SQLOAD_THINK: '1s', SQLOAD_API_KEY: 'hush-hush' },
    files: { '.env': 'SQLOAD_TIMEOUT=9s\n' },
  });
  expect(run.code).toBe(0);
  expect(run.stdout).toMatch(/users\s+7\s+flag/);
  expect(run.stdout).toMatch(/think\s+1s\s+environment/);
  expect(run.stdout).toMatch(/timeout\s+9s\s+\.env/);
  expect(run.stdout).toMatch(/spawn-rate\s+100\/s\s+scenario file/);
  expect(run.stdout).toMatch(/stop-timeout\s+30s\s+default/);
  expect(run.stdout).not.toContain('hush-hush');
  expect(run.folder).toBeNull();
});
