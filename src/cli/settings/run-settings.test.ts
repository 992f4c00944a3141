import { describe, expect, test } from 'vitest';
import { exitCodes, SqloadError } from '../../core/errors.ts';
import { millis, perSecond } from '../../core/units.ts';
import { type FakeHostOptions, fakeHost } from '../../testing/fake-host.ts';
import { main } from '../main.ts';
import type { RunFlags } from '../options/run-options.ts';
import type { Actions } from '../program.ts';
import { isGiven, type RunSettings, type RunValues, resolveRunSettings } from './run-settings.ts';

interface Situation extends FakeHostOptions {
  readonly scenario?: Partial<RunValues>;
}

/** Runs `sqload spike <line>` up to the point where its settings are known. */
async function settle(line: readonly string[], situation: Situation = {}) {
  const host = fakeHost({ ...situation, argv: ['spike', ...line] });
  const settled: RunSettings[] = [];
  const run = async (_host: unknown, { settings }: { settings: RunFlags }) => {
    settled.push(resolveRunSettings(host, settings, situation.scenario));
    return exitCodes.passed;
  };
  const unused = () => Promise.reject(new Error('not asked for'));
  const actions: Actions = {
    run,
    plan: unused,
    mock: unused,
    report: unused,
    merge: unused,
    compare: unused,
    capacity: unused,
  };
  const code = await main(host, actions);
  return { code, ...host.written, settings: settled[0] };
}

const rangeHint = 'must be a duration like "30s", "250ms" or "1h30m"';

describe('a bad value is one sentence and a hint:', () => {
  test.each<[string[], string, string]>([
    [['-u', '0'], '--users 0 must be a whole number from 1 to 100 000.', '--users 200'],
    [['-u', '-5'], '--users -5 must be a whole number from 1 to 100 000.', '--users 200'],
    [['-u', '1.5'], '--users 1.5 must be a whole number from 1 to 100 000.', '--users 200'],
    [['-u', '100001'], '--users 100001 must be a whole number from 1 to 100 000.', '--users 200'],
    [['--users='], '--users "" must be a whole number from 1 to 100 000.', '--users 200'],
    [
      ['-r', '0'],
      '--spawn-rate 0 must be a number of users per second above 0 and at most 100 000.',
      '--spawn-rate 10',
    ],
    [
      ['--rate', '0'],
      '--rate 0 must be a number of conversations per second above 0 and at most 100 000.',
      '--rate 5/s',
    ],
    [['--arrivals', 'random'], '--arrivals random must be even or poisson.', '--arrivals poisson'],
    [['--max-users', '0'], '--max-users 0 must be a whole number from 1 to 100 000.', '--max-users 2000'],
    [['--climb', 'slow'], `--climb slow ${rangeHint}.`, '--climb 8m'],
    [['--climb', '0'], '--climb 0 must be at least 1ms.', '--climb 8m'],
    [['--run-time', '5x'], `--run-time 5x ${rangeHint}.`, '--run-time 1h30m'],
    [['-t', '1500ms'], '--run-time 1500ms must be a whole number of seconds, at least 1s.', '--run-time 1h30m'],
    [['-t', '0'], '--run-time 0 must be a whole number of seconds, at least 1s.', '--run-time 1h30m'],
    [['--run-time', '5 x\n'], `--run-time "5 x\\n" ${rangeHint}.`, '--run-time 1h30m'],
    [['--timeout', '0'], '--timeout 0 must be at least 1ms.', '--timeout 60s'],
    [['--timeout', '9999999h'], '--timeout 9999999h must be at most a year.', '--timeout 60s'],
    [['--stop-timeout', '-1s'], `--stop-timeout -1s ${rangeHint}.`, '--stop-timeout 30s'],
    [
      ['--baseline', '101%'],
      '--baseline 101% must be a whole number of users or a share of them like 10%, at most 100%.',
      '--baseline 10%',
    ],
    [['--think', '7s-3s'], '--think 7s-3s must have the shorter duration first.', '--think 3s-7s'],
    [['--think', '1s-2s-3s'], '--think 1s-2s-3s must be two durations like 3s-7s, or one.', '--think 3s-7s'],
    [['--think', 'x'], `--think x ${rangeHint}.`, '--think 3s-7s'],
    [
      ['--mix', 'health=0'],
      '--mix health=0 must have at least one weight above 0.',
      '--mix health=1,initial=3,follow-up=5',
    ],
    [
      ['--mix', 'health=-1'],
      '--mix health=-1 must have a number of 0 or more for health.',
      '--mix health=1,initial=3,follow-up=5',
    ],
    [
      ['--mix', 'health'],
      '--mix health must be a list like health=1,initial=3,follow-up=5.',
      '--mix health=1,initial=3,follow-up=5',
    ],
    [
      ['--mix', 'health=1,health=2'],
      '--mix health=1,health=2 must name health only once.',
      '--mix health=1,initial=3,follow-up=5',
    ],
    [
      ['--mix', 'followup=1'],
      '--mix followup=1 must name only health, initial, follow-up, automatic: there is no "followup"; did you mean follow-up?',
      '--mix health=1,initial=3,follow-up=5',
    ],
    [
      ['--path', 'initial=x'],
      '--path initial=x must have a path for initial that begins with / and has no space and no #.',
      '--path initial=/ask,follow-up=/ask,health=/healthz',
    ],
    [['--history', 'none'], '--history none must be growing or static.', '--history static'],
    [['--seed', ''], '--seed "" must not be empty.', '--seed 42'],
    [
      ['-H', 'localhost:8000'],
      '--host localhost:8000 must begin with http:// or https://, like http://localhost:8000.',
      '--host http://localhost:8000',
    ],
    [
      ['--url', 'ftp://a'],
      '--url ftp://a must begin with http:// or https://, like http://localhost:8000.',
      '--url http://localhost:8000',
    ],
    [
      ['-H', 'http://'],
      '--host http:// must be an address like http://localhost:8000/base.',
      '--host http://localhost:8000',
    ],
    [
      ['-H', 'http://a b'],
      '--host "http://a b" must be an address like http://localhost:8000/base.',
      '--host http://localhost:8000',
    ],
    [
      ['-H', 'http://a:99999'],
      '--host http://a:99999 must be an address like http://localhost:8000/base.',
      '--host http://localhost:8000',
    ],
    [
      ['-H', 'http://a/?x=1'],
      '--host http://a/?x=1 must end with its path: a query (?…) or fragment (#…) has no place in it.',
      '--host http://localhost:8000',
    ],
    [
      ['-H', 'http://me:hunter2@a/#x'],
      '--host http://[redacted]@a/#x must end with its path: a query (?…) or fragment (#…) has no place in it.',
      '--host http://localhost:8000',
    ],
    [
      ['-H', 'me:hunter2@a'],
      '--host [redacted]@a must begin with http:// or https://, like http://localhost:8000.',
      '--host http://localhost:8000',
    ],
    [
      ['-H', 'http://me:%hunter2@a'],
      '--host http://[redacted]@a must have a percent sign in its user name or password written as %25.',
      '--host http://localhost:8000',
    ],
    [['--api-key', 'hunter 2'], '--api-key must be printable ASCII without spaces.', '--api-key <key>'],
    [['--header', 'hunter2'], '--header must be like "Name: value".', '--header "X-Tenant: acme"'],
    [
      ['--header', 'my key: hunter2'],
      '--header must begin with a header name: letters, digits and dashes, then a colon.',
      '--header "X-Tenant: acme"',
    ],
    [
      ['--header', 'Content-Length: 5'],
      '--header "Content-Length: …" must leave Content-Length alone: sqload sets it itself.',
      '--header "X-Tenant: acme"',
    ],
    [
      ['--header', 'A: hunter\r\n2: x'],
      '--header "A: …" must have a value of printable characters on one line.',
      '--header "X-Tenant: acme"',
    ],
    [
      ['--mock-fault', 'rest'],
      '--mock-fault rest must begin with one of slow, 500, 429, reset, hang, truncated, not-json, missing-ids, slow-500, done, is-error, rpc-error, lost-session, cut-events, priming, crlf; did you mean reset?',
      '--mock-fault 500:10%@30s-60s',
    ],
    [
      ['--mock-latency', 'fast'],
      '--mock-latency fast must be like p50=120ms,p95=350ms, or one duration like 80ms.',
      '--mock-latency p50=120ms,p95=350ms',
    ],
    [['--mock-capacity', '0'], '--mock-capacity 0 must be a whole number from 1 to 100 000.', '--mock-capacity 20'],
  ])('%j', async (line, sentence, example) => {
    const { code, stdout, stderr } = await settle(line);
    expect(stderr).toBe(`sqload: ${sentence}\n  For example: ${example}\n`);
    expect(stderr).not.toContain('hunter');
    expect([code, stdout]).toEqual([2, '']);
  });

  test('in the environment and in .env it is named there', async () => {
    expect((await settle([], { env: { SQLOAD_RUN_TIME: '5x' } })).stderr).toBe(
      `sqload: SQLOAD_RUN_TIME=5x ${rangeHint}.\n  For example: SQLOAD_RUN_TIME=1h30m\n`,
    );
    expect((await settle([], { files: { '.env': 'SQLOAD_RUN_TIME=5x' } })).stderr).toBe(
      `sqload: SQLOAD_RUN_TIME=5x (from .env) ${rangeHint}.\n  For example: SQLOAD_RUN_TIME=1h30m\n`,
    );
    expect((await settle([], { env: { SQLOAD_QUIET: 'maybe' } })).stderr).toBe(
      'sqload: SQLOAD_QUIET=maybe must be 1 or 0 (or true or false).\n',
    );
    expect((await settle([], { files: { '.env': 'SQLOAD_API_KEY="hunter 2"' } })).stderr).toMatch(
      /^sqload: SQLOAD_API_KEY \(from \.env\) must be printable ASCII without spaces\.\n/,
    );
  });

  test.each([
    [{ env: { SQLOAD_USRES: '5' } }, 'SQLOAD_USRES is not a setting of sqload.\n  Did you mean SQLOAD_USERS?\n'],
    [
      { files: { '.env': 'SQLOAD_APIKEY=hunter2' } },
      'SQLOAD_APIKEY (from .env) is not a setting of sqload.\n  Did you mean SQLOAD_API_KEY?\n',
    ],
    [
      { env: { SQLOAD_COLOUR_SCHEME: '5' } },
      'SQLOAD_COLOUR_SCHEME is not a setting of sqload.\n  Every option has a variable: --run-time is SQLOAD_RUN_TIME. Take this one away or correct it.\n',
    ],
  ])('an unknown variable %j', async (situation, message) => {
    expect(await settle([], situation)).toMatchObject({ code: 2, stderr: `sqload: ${message}` });
  });
});

describe('resolveRunSettings() holds settings against each other:', () => {
  test.each<[string, string[], Situation, string]>([
    [
      'two addresses',
      ['-H', 'http://a', '--url', 'http://b'],
      {},
      '--host and --url are two names for one thing and are given different values.',
    ],
    [
      'two addresses that differ in the password',
      ['-H', 'http://me:hunter2@a', '--url', 'http://me:hunter3@a'],
      {},
      '--host and --url are two names for one thing and are given different values.',
    ],
    [
      'two addresses in .env',
      [],
      { files: { '.env': 'SQLOAD_HOST=http://a\nSQLOAD_URL=http://b' } },
      'SQLOAD_HOST and SQLOAD_URL in .env are two names for one thing and are given different values.',
    ],
    [
      'rate and climb',
      ['-r', '5', '--climb', '1m'],
      {},
      '--spawn-rate and --climb exclude each other: both say how fast users start.',
    ],
    [
      'rate and climb in .env',
      [],
      { files: { '.env': 'SQLOAD_SPAWN_RATE=5\nSQLOAD_CLIMB=1m' } },
      'SQLOAD_SPAWN_RATE (from .env) and SQLOAD_CLIMB (from .env) exclude each other: both say how fast users start.',
    ],
    [
      'key and password',
      ['-H', 'http://me:hunter2@a', '--api-key', 'hunter3'],
      {},
      'A request has one Authorization, but there are 2: a user name in the address and --api-key.',
    ],
    [
      'key and header',
      ['--header', 'authorization: Bearer hunter2'],
      { env: { SQLOAD_API_KEY: 'hunter3' } },
      'A request has one Authorization, but there are 2: SQLOAD_API_KEY and the header authorization.',
    ],
    [
      'fault and address',
      ['-H', 'http://a', '--mock-fault', 'reset'],
      {},
      '--mock-fault shapes the built-in server, but --host names another one.',
    ],
  ])('%s', async (_name, line, situation, sentence) => {
    const { code, stderr } = await settle(line, situation);
    expect(stderr.split('\n')[0]).toBe(`sqload: ${sentence}`);
    expect(stderr).toMatch(/\n {2}\S.*\n$/);
    expect(stderr).not.toContain('hunter');
    expect(code).toBe(2);
  });

  test('of rate and climb the stronger place decides', async () => {
    const scenario = { spawnRate: perSecond(100) };
    const climbs = (await settle(['--climb', '1m'], { scenario })).settings;
    expect(climbs).toMatchObject({ climb: { value: 60_000, from: 'flag' }, spawnRate: { value: null, from: 'flag' } });
    const rates = (await settle(['-r', '5'], { scenario: { climb: millis(60_000) } })).settings;
    expect(rates).toMatchObject({ climb: { value: null, from: 'flag' }, spawnRate: { value: 5, from: 'flag' } });
  });

  test('a variable for the built-in server may stand beside an address', async () => {
    expect(await settle(['-H', 'http://a'], { env: { SQLOAD_MOCK_FAULT: 'reset' } })).toMatchObject({ code: 0 });
  });
});

test('isGiven() tells the user from the scenario file and from sqload', async () => {
  const { settings } = await settle(['-u', '5'], { env: { SQLOAD_SEED: 'a' }, scenario: { timeout: millis(1000) } });
  if (settings === undefined) throw new Error('not settled');
  expect([settings.users, settings.seed, settings.timeout, settings.out].map(isGiven)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('a .env that is a folder is none of our business, one that cannot be read is an error', async () => {
  expect((await settle([])).code).toBe(0);
  const host = {
    ...fakeHost({ files: { '.env': '' } }),
    readFile: () => {
      throw Object.assign(new Error(), { code: 'EACCES' });
    },
  };
  expect(() => resolveRunSettings(host, {})).toThrow(SqloadError);
  expect(() => resolveRunSettings(host, {})).toThrow('Cannot read the settings file ".env": permission denied.');
});
