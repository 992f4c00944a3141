import { describe, expect, test } from 'vitest';
import { fakeHost } from '../../testing/fake-host.ts';
import { compareOptions } from '../options/compare-options.ts';
import { mockOptions } from '../options/mock-options.ts';
import { type OptionSpec, type OptionTable, variableOf } from '../options/option-spec.ts';
import { mergeOptions, reportOptions } from '../options/options.ts';
import { runOptions } from '../options/run-options.ts';
import { givenSecrets, resolveSettings, type Setting } from './settings.ts';

/** Four different right texts for each option that takes a value: for the flag, the environment, `.env` and the scenario. */
const samples: Readonly<Record<string, readonly [string, string, string, string]>> = {
  users: ['5', '6', '7', '8'],
  'spawn-rate': ['1', '2/s', '0.5', '4'],
  climb: ['1m', '2m', '3m', '90'],
  'run-time': ['1m', '2m', '90', '1h30m'],
  rate: ['5/s', '6', '0.5', '7/s'],
  arrivals: ['poisson', 'even', 'poisson', 'even'],
  'max-users': ['5', '6', '7', '8'],
  baseline: ['5', '6', '10%', '0'],
  seed: ['a', 'b', 'c', 'd'],
  stage: ['staging', 'development', 'pre-production', 'post-deployment'],
  'expected-users': ['1', '2', '3', '4'],
  'expected-rate': ['1', '2/s', '0.5', '4'],
  workers: ['2', '3', '4', 'auto'],
  slice: ['1/8', '2/8', '3/8', '8/8'],
  'start-at': ['14:30', '23:59:59', '2026-03-01T14:30:00Z', '2026-03-01T14:30:00+01:00'],
  host: ['http://a', 'https://b:1', 'http://c/base', 'http://[::1]:8000'],
  'api-key': ['key-a', 'key-b', 'key-c', 'key-d'],
  header: ['A: 1', 'B: 2', 'C: 3; d=4', 'D: 4'],
  path: ['initial=/a', 'health=/b', 'follow-up=/c', 'initial=/d,health=/e'],
  dialect: ['docs', 'mcp', 'auto', 'rest'],
  'mcp-version': ['2025-11-25', 'auto', '2024-11-05', '2026-07-28'],
  'mcp-path': ['/a', '/b', '/c?x=1', '/d'],
  'mcp-transport': ['sse', 'streamable-http', 'sse', 'streamable-http'],
  'mcp-health': ['ping', '/up', '/b', 'ping'],
  tool: ['a', 'initial=b', 'follow-up=c,automatic=d', 'e'],
  'tool-arguments': ['{}', '@a.json', '{"a":"{{turn}}"}', '{"b":[1]}'],
  'tool-reply': ['question=/a', 'done=!/b', 'conversation=/c,session=/d', 'question='],
  ca: ['a.pem', 'b.pem', 'c.pem', 'd.pem'],
  timeout: ['1s', '2s', '3s', '250ms'],
  connections: ['shared:1', 'shared:20', 'per-user', 'shared:300'],
  'keep-alive': ['4s', 'off', 'keep', '250ms'],
  'stop-timeout': ['1s', '2s', '3s', '0s'],
  think: ['1s-2s', '3s', '0s-0s', '1-2'],
  mix: ['health=1', 'initial=1', 'follow-up=1', 'health=2,initial=0.5'],
  history: ['static', 'growing', 'static', 'growing'],
  corpus: ['a', 'b', 'c', 'd'],
  monitor: ['pid:1', 'port:2', 'db=prometheus:http://a/m', 'json:http://a#/cpu'],
  'cpu-limit': ['1', '2', '0.5', '4'],
  counters: ['http://a#/n', 'http://b/m#/a/b', 'prometheus:http://c?counter=x_total', 'http://d#/x'],
  'memory-limit': ['1MB', '2GiB', '1.5GB', '4kB'],
  threshold: ['p95<1s', 'p95<2s', 'p95<3s', 'rps>1'],
  hooks: ['a', 'b', 'c', 'd'],
  out: ['a', 'b', 'c', 'd'],
  label: ['main', 'v1.2', 'a b', 'c'],
  csv: ['a', 'b', 'c', 'd'],
  'mock-latency': ['1ms', '2ms', 'p50=3ms,p95=4ms', '5ms'],
  'mock-capacity': ['1', '2', '3', '4'],
  'mock-fault': ['500', '429:10%', 'reset@5s-', 'hang'],
  port: ['1', '2', '3', '0'],
  only: ['upstream', 'docs', 'mcp', 'guide'],
  replies: ['events', 'json', 'events', 'json'],
  latency: ['1ms', '2ms', '3ms', '4ms'],
  capacity: ['1', '2', '3', '4'],
  'idle-close': ['1s', '2s', '3s', '0s'],
  fault: ['500', '429:10%', 'reset', 'hang'],
  candidate: ['a', 'b', 'c', 'd'],
  last: ['1', '2', '3', '4'],
  'baseline-label': ['a', 'b', 'c', 'd'],
  'min-effect': ['1%', '2.5%', '3 %', '0%'],
  'fail-on': ['p95:10%', 'p95:10%,p99:20%', 'error_rate:0.5pp', 'db.cpu:15%'],
  markdown: ['a', 'b', 'c', 'd'],
  json: ['a', 'b', 'c', 'd'],
};
const switchSamples = ['true', '0', '1', 'no'] as const;

const tables: Readonly<Record<string, OptionTable>> = {
  runOptions,
  mockOptions,
  reportOptions,
  mergeOptions,
  compareOptions,
};
const everyOption = Object.entries(tables).flatMap(([table, options]) =>
  Object.entries(options).map(([key, spec]) => ({ table, key, spec })),
);

describe('resolveSettings()', () => {
  test.each(everyOption)('takes $table.$key from the strongest place that says something', ({ key, spec }) => {
    const texts = spec.placeholder === null ? switchSamples : samples[spec.long];
    if (texts === undefined) throw new Error(`no samples for --${spec.long}`);
    const [flag, environment, dotenv, scenario] = texts;
    const variable = variableOf(spec.long);

    const flags = { [key]: [{ name: spec.long, text: flag }] };
    const env = { [variable]: environment };
    const files = { '.env': `${variable}='${dotenv}'\n` };
    const inScenario = { [key]: spec.parse([scenario]) };

    expect(settle(spec, key, {})).toEqual({ value: spec.fallback, from: 'default' });
    expect(settle(spec, key, { inScenario })).toEqual({ value: spec.parse([scenario]), from: 'scenario file' });
    expect(settle(spec, key, { inScenario, files })).toEqual({ value: spec.parse([dotenv]), from: '.env' });
    expect(settle(spec, key, { inScenario, files, env })).toEqual({
      value: spec.parse([environment]),
      from: 'environment',
    });
    expect(settle(spec, key, { inScenario, files, env, flags })).toEqual({ value: spec.parse([flag]), from: 'flag' });
  });

  test.each(everyOption)('reads the example of $table.$key', ({ spec }) => {
    expect(() => spec.parse([spec.example.replace(/^(["'])(.*)\1$/, '$2')])).not.toThrow();
  });

  test.each(everyOption)('lets an empty variable of $table.$key say nothing', ({ key, spec }) => {
    const variable = variableOf(spec.long);
    const files = { '.env': `${variable}=\n` };
    expect(settle(spec, key, { env: { [variable]: ' ' }, files }).from).toBe('default');
  });

  test('takes the last of several flags, and all of a repeatable one', () => {
    const flags = {
      users: [given('users', '5'), given('users', '6')],
      thresholds: [given('threshold', 'p95<1s'), given('threshold', 'rps>1')],
    };
    const { users, thresholds } = resolveSettings(runOptions, fakeHost(), { flags });
    expect(users.value).toBe(6);
    expect(thresholds.value).toEqual(['p95<1s', 'rps>1']);
  });

  test('reads one value a line from the variable of a repeatable option', () => {
    const env = { SQLOAD_HEADER: 'Cookie: a=1; b=2\n\n X-Tenant: acme \n' };
    const { headers } = resolveSettings(runOptions, fakeHost({ env }), { flags: {} });
    expect(headers.value).toEqual([
      { name: 'Cookie', value: 'a=1; b=2' },
      { name: 'X-Tenant', value: 'acme' },
    ]);
  });

  test('knows --url as another name of --host', () => {
    const env = { SQLOAD_HOST: 'http://a' };
    const flags = { host: [given('url', 'http://b/')] };
    expect(resolveSettings(runOptions, fakeHost({ env }), { flags }).host).toMatchObject({
      value: { origin: 'http://b' },
      from: 'flag',
    });
    const same = { host: [given('url', 'http://b/'), given('host', 'http://b')] };
    expect(resolveSettings(runOptions, fakeHost(), { flags: same }).host.value?.origin).toBe('http://b');
    expect(resolveSettings(runOptions, fakeHost({ env: { SQLOAD_URL: 'http://c' } }), { flags: {} }).host.from).toBe(
      'environment',
    );
  });

  test('honours NO_COLOR below SQLOAD_NO_COLOR', () => {
    const color = (env: Record<string, string>) =>
      resolveSettings(reportOptions, fakeHost({ env }), { flags: {} }).color;
    expect(color({ NO_COLOR: '' })).toEqual({ value: true, from: 'default' });
    expect(color({ NO_COLOR: '0' })).toEqual({ value: false, from: 'environment' });
    expect(color({ NO_COLOR: '1', SQLOAD_NO_COLOR: '0' })).toEqual({ value: true, from: 'environment' });
  });

  test('accepts variables of other commands', () => {
    const env = { SQLOAD_PORT: '1', SQLOAD_MIX: 'nonsense', SQLOAD_DEBUG: '1', OTHER: 'x' };
    expect(resolveSettings(reportOptions, fakeHost({ env }), { flags: {} }).quiet.value).toBe(false);
  });

  test('leaves process.env as it is', () => {
    resolveSettings(runOptions, fakeHost({ files: { '.env': 'SQLOAD_USERS=5\n' } }), { flags: {} });
    expect(process.env['SQLOAD_USERS']).toBeUndefined();
  });
});

test('givenSecrets() finds the values of secret options in every place', () => {
  const host = fakeHost({
    argv: ['spike', '--api-key', 'one', '--api-key=two', '--users', '5'],
    env: { SQLOAD_API_KEY: 'three' },
    files: { '.env': 'SQLOAD_API_KEY=four\nSQLOAD_USERS=7\n' },
  });
  expect(givenSecrets(host)).toEqual(['one', 'two', 'three', 'four']);
});

const given = (name: string, text: string) => ({ name, text });

interface Places {
  readonly flags?: Readonly<Record<string, readonly { name: string; text: string }[]>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly inScenario?: Readonly<Record<string, unknown>>;
}

function settle(spec: OptionSpec<unknown>, key: string, places: Places): Setting<unknown> {
  const host = fakeHost({ env: places.env ?? {}, files: places.files ?? {} });
  const table: OptionTable = { [key]: spec };
  const settings = resolveSettings(table, host, { flags: places.flags ?? {}, scenario: places.inScenario ?? {} });
  const setting = settings[key];
  if (setting === undefined) throw new Error(`${key} was not settled`);
  return setting;
}
