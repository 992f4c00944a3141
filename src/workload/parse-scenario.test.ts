import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exitCodes, SqloadError } from '../core/errors.ts';
import { buildProfile } from './build-profile.ts';
import { parseScenario } from './parse-scenario.ts';
import { phaseFields, scenarioFields } from './scenario-fields.ts';

/** The least that a scenario needs; more lines go below. */
const least = 'users: 10\nspawn_rate: 1/s\nrun_time: 60s\n';
const share = (name: string, users: string, length: string): string =>
  `  - { name: ${name}, users: ${users}, for: ${length} }\n`;

/** The lines of the error, without the heading. */
function problemsOf(text: string): string[] {
  try {
    parseScenario(text, 'x.yaml');
  } catch (error) {
    if (!(error instanceof SqloadError)) throw error;
    expect(error.exitCode).toBe(exitCodes.usage);
    const [heading, ...lines] = error.message.split('\n');
    const count = lines.length === 1 ? 'one problem' : `${lines.length} problems`;
    expect(heading).toBe(`Cannot read scenario "x.yaml", ${count}:`);
    return lines.map((line) => line.trim());
  }
  throw new Error('the scenario was accepted');
}

describe('parseScenario()', () => {
  test.each([
    ['ramp', 300, 10, 600_000],
    ['sustained', 100, 20, 1_800_000],
    ['spike', 500, 100, 300_000],
  ])('reads the preset %s with the numbers of the guide', (name, users, spawnRate, runTime) => {
    const text = readFileSync(new URL(`../../scenarios/${name}.yaml`, import.meta.url), 'utf8');
    expect(parseScenario(text, `scenarios/${name}.yaml`)).toMatchObject({ name, users, spawnRate, runTime });
  });

  test('reads every file in the folder of scenarios: the presets, open load, and one for each kind of server', () => {
    const folder = new URL('../../scenarios/', import.meta.url);
    const files = readdirSync(folder).sort();
    const dialects = ['docs', 'mcp', 'mcp-sse', 'mcp-tool', 'rest', 'sequential-thinking', 'upstream'];
    const names = [...['mixed', 'open', 'ramp', 'spike', 'sustained'], ...dialects];
    expect(files).toEqual(names.map((name) => `${name}.yaml`).sort());
    for (const file of files)
      expect(parseScenario(readFileSync(new URL(file, folder), 'utf8'), file).name).toBe(file.replace('.yaml', ''));
  });

  test('throws nothing but an error with exit code 2, whatever it is given', () => {
    const keys = [...Object.keys(scenarioFields), ...Object.keys(phaseFields), 'x', '__proto__', 'constructor'];
    const word = fc.constantFrom('50%', '20/s', '0 → 50/s over 2m', '-> over', 'baseline', '10s', 'poisson', '', '→');
    const leaf = fc.oneof(
      word,
      fc.string({ maxLength: 12 }),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
    );
    const mapping = (value: fc.Arbitrary<unknown>) => fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 6 });
    const document = mapping(fc.oneof(leaf, mapping(leaf), fc.array(fc.oneof(leaf, mapping(leaf)), { maxLength: 4 })));
    const files = fc.oneof(
      document.map((value) => JSON.stringify(value)),
      document.map((value) => JSON.stringify({ ...value, users: 5, rate: '9/s', spawn_rate: 1, run_time: '60s' })),
      fc.string(),
      // A good file with one line of it taken out or written twice.
      fc.tuple(fc.constantFrom('mixed', 'open', 'spike'), fc.nat(20), fc.boolean()).map(([name, nth, twice]) =>
        readFileSync(new URL(`../../scenarios/${name}.yaml`, import.meta.url), 'utf8')
          .split('\n')
          .flatMap((line, i) => (i !== nth ? [line] : twice ? [line, line] : []))
          .join('\n'),
      ),
    );
    fc.assert(
      fc.property(files, (text) => {
        try {
          buildProfile(parseScenario(text, 'x.yaml'));
        } catch (error) {
          expect(error).toBeInstanceOf(SqloadError);
          expect(error).toMatchObject({ exitCode: exitCodes.usage });
        }
      }),
      { numRuns: 300 },
    );
  });

  test('reads the least that a scenario needs: a climb to the target and a hold, the rest unsaid', () => {
    const { phases, ...rest } = parseScenario(least, 'night/small.yaml');
    expect(phases).toEqual([
      {
        name: 'hold',
        load: 'closed',
        level: { kind: 'share', share: 1 },
        length: { kind: 'share', share: 1 },
        climb: 'climb',
        over: null,
      },
    ]);
    const { name, users, spawnRate, runTime, ...unsaid } = rest;
    expect([name, users, spawnRate, runTime]).toEqual(['small', 10, 1, 60_000]);
    expect(Object.values(unsaid).every((value) => value === null)).toBe(true);
  });

  test('reads every key', () => {
    const text = `
name: everything
description: All keys at once.
stage: staging
expected_users: 40
expected_rate: 5/s
hooks: ./hooks.mjs
users: 20
climb: 1m30s
baseline: 5
phases:
  - { name: low, users: baseline, for: 30s }
  - { name: high, climb: up, users: 100%, for: 2m, over: 10s }
think: 500ms-1.5s
mix: { initial: 1, follow-up: 2.5 }
history: static
corpus: talks.yaml
host: https://staging.example/base
dialect: mcp-tool
paths: { initial: /ask }
mcp:
  version: 2025-11-25
  path: /x
  transport: sse
  health: ping
  tool: think
  arguments: { thought: "{{message}}", deep: [1, { more: "{{more}}" }] }
  reply: { conversation: /a~1b, done: "!/more" }
rest:
  health: { path: /up }
  initial: { path: "/ask/{{ user_id }}", body: { q: "{{context}}" } }
  follow-up: { method: POST, path: /ask/more }
  reply: { question: "" }
headers: { X-Tenant: acme, X-Number: 7 }
insecure: true
ca: ca.pem
timeout: 10
stop_timeout: 0s
preflight: false
connections: shared:20
keep_alive: 4s
stale_retry: false
tls_resumption: true
seed: 42
monitors: ["db=port:5432", "prometheus:http://h/metrics"]
cpu_limit: 2
memory_limit: 1GiB
thresholds:
  - p95<500ms
  - follow-up.p99<=2s
default_thresholds: false
abort_on_fail: true
until_broken: true
allow_dropped: true
mock: { latency: "p50=1ms,p95=2ms", capacity: 5, fault: "500:10%" }
`;
    expect(parseScenario(text, 'all.yaml')).toEqual({
      name: 'everything',
      description: 'All keys at once.',
      hooks: './hooks.mjs',
      stage: 'staging',
      expectedUsers: 40,
      expectedRate: 5,
      users: 20,
      rate: null,
      arrivals: null,
      maxUsers: null,
      spawnRate: null,
      climb: 90_000,
      runTime: 150_000,
      baseline: { kind: 'users', users: 5 },
      phases: [
        {
          name: 'low',
          load: 'closed',
          level: { kind: 'baseline' },
          length: { kind: 'span', span: 30_000 },
          climb: null,
          over: null,
        },
        {
          name: 'high',
          load: 'closed',
          level: { kind: 'share', share: 1 },
          length: { kind: 'span', span: 120_000 },
          climb: 'up',
          over: 10_000,
        },
      ],
      think: { min: 500, max: 1500 },
      mix: { health: 0, initial: 1, 'follow-up': 2.5, automatic: 0 },
      history: 'static',
      corpus: 'talks.yaml',
      host: 'https://staging.example/base',
      dialect: 'mcp-tool',
      paths: { initial: '/ask' },
      mcp: {
        version: '2025-11-25',
        path: '/x',
        transport: 'sse',
        health: 'ping',
        tool: 'think',
        tools: null,
        arguments: { thought: '{{message}}', deep: [1, { more: '{{more}}' }] },
        reply: { conversation: '/a~1b', session: null, question: null, done: '!/more' },
      },
      rest: {
        requests: {
          health: { method: 'GET', path: '/up', body: null },
          initial: { method: 'POST', path: '/ask/{{ user_id }}', body: { q: '{{context}}' } },
          'follow-up': { method: 'POST', path: '/ask/more', body: null },
          automatic: null,
        },
        reply: { conversation: null, session: null, question: '', done: null },
      },
      headers: [
        { name: 'X-Tenant', value: 'acme' },
        { name: 'X-Number', value: '7' },
      ],
      insecure: true,
      ca: 'ca.pem',
      timeout: 10_000,
      stopTimeout: 0,
      preflight: false,
      connections: 'shared:20',
      keepAlive: '4s',
      staleRetry: false,
      tlsResumption: true,
      seed: '42',
      monitors: ['db=port:5432', 'prometheus:http://h/metrics'],
      cpuLimit: '2',
      memoryLimit: '1GiB',
      thresholds: [
        { text: 'p95<500ms', where: 'all.yaml:49:5' },
        { text: 'follow-up.p99<=2s', where: 'all.yaml:50:5' },
      ],
      defaultThresholds: false,
      abortOnFail: true,
      untilBroken: true,
      allowDropped: true,
      mock: { latency: 'p50=1ms,p95=2ms', capacity: 5, faults: ['500:10%'] },
    });
  });

  test('reads JSON as well, since it is YAML', () => {
    const text = JSON.stringify({ users: 3, spawn_rate: 1, run_time: '9s', think: '0s', mock: { fault: ['hang'] } });
    expect(parseScenario(text, 'x.json')).toMatchObject({ name: 'x', users: 3, think: { min: 0, max: 0 } });
  });

  test.each([
    [
      'empty file',
      '',
      'x.yaml:1:1 the file is empty; it needs at least users, spawn_rate and run_time, or rate and run_time',
    ],
    [
      'only comments',
      '# later\n',
      'x.yaml:1:1 the file is empty; it needs at least users, spawn_rate and run_time, or rate and run_time',
    ],
    ['a list', '- 1\n', 'x.yaml:1:1 must be a mapping of keys to values, got a list'],
    ['a text', 'hello', 'x.yaml:1:1 must be a mapping of keys to values, got "hello"'],
    ['a key twice', `${least}users: 11\n`, 'x.yaml:4:1 map keys must be unique'],
    ['broken YAML', 'users: [1, 2\nrun_time: 1s\n', /^x\.yaml:\d+:\d+ flow sequence/],
    ['two documents', `${least}---\nusers: 1\n`, /^x\.yaml:\d+:\d+ a second document begins here/],
    ['an unknown tag', `${least}seed: !secret x\n`, /^x\.yaml:4:7 unresolved tag/],
  ])('refuses %s', (_, text, expected) => {
    const lines = problemsOf(text);
    if (typeof expected === 'string') expect(lines).toEqual([expected]);
    else expect(lines[0]).toMatch(expected);
  });

  test('refuses aliases that unfold to an enormous value', () => {
    const list = (name: string, of: string): string => `${name}: &${name} [${Array(10).fill(of).join(', ')}]\n`;
    expect(problemsOf(list('a', '1') + list('b', '*a') + list('c', '*b') + list('d', '*c'))[0]).toMatch(/alias/i);
  });

  test.each([
    ['usres: 5', 'x.yaml:4:1 usres: is not a key here; did you mean users?'],
    ['run-time: 5', 'x.yaml:4:1 run-time: is not a key here; did you mean run_time?'],
    ['zzz: 5', /^x\.yaml:4:1 zzz: is not a key here; there are name, description, users, rate, arrivals,/],
    ['api_key: geheim', /^x\.yaml:4:1 api_key: a secret does not belong in a file; set SQLOAD_API_KEY/],
    ['name: a/b', /^x\.yaml:4:7 name: must be a name of letters.*, got "a\/b"$/],
    ['description: ""', 'x.yaml:4:14 description: must be a text of one line, got ""'],
    ['baseline: 10', 'x.yaml:4:1 baseline: is used by no phase; a phase uses it with users: baseline'],
    ['baseline: x', 'x.yaml:4:11 baseline: must be a whole number of users or a share of them like 10%, got "x"'],
    ['baseline: 101%', 'x.yaml:4:11 baseline: must be a percentage from 0% to 100%, got "101%"'],
    ['climb: 8m', 'x.yaml:4:1 climb: says the same as spawn_rate in another way: keep one'],
    ['think: 7s-3s', /^x\.yaml:4:8 think: must be one duration, or a shorter and a longer one/],
    ['think: 1s-2s-3s', /^x\.yaml:4:8 think: must be one duration/],
    ['think: long', 'x.yaml:4:8 think: must be a duration like "30s", "250ms" or "1h30m", got "long"'],
    ['mix: { health: 0 }', 'x.yaml:4:1 mix: must have a weight above 0, got none'],
    ['mix: { initial: -1 }', 'x.yaml:4:17 mix.initial: must be a number of 0 or more, got -1'],
    ['mix: { initail: 1, health: 1 }', 'x.yaml:4:8 mix.initail: is not a key here; did you mean initial?'],
    ['mix: 5', 'x.yaml:4:6 mix: must be a mapping of keys to values, got 5'],
    ['history: long', 'x.yaml:4:10 history: must be growing or static, got "long"'],
    ['history:', 'x.yaml:4:1 history: must be growing or static, got nothing'],
    ['host: localhost', 'x.yaml:4:7 host: must be an address like http://localhost:8000, got "localhost"'],
    ['paths: { health: up }', /^x\.yaml:4:18 paths\.health: must be a path that begins with \/.*, got "up"$/],
    ['headers: [a]', 'x.yaml:4:1 headers: must be a mapping of names to values, got a list'],
    ['headers: { "a b": x }', 'x.yaml:4:19 headers.a b: is not the name of a header'],
    ['headers: { A: "x\\ny" }', /^x\.yaml:4:15 headers\.A: must be a text of printable characters on one line/],
    ['insecure: yes', 'x.yaml:4:11 insecure: must be true or false, got "yes"'],
    ['timeout: 0s', 'x.yaml:4:10 timeout: must be a duration above 0, got "0s"'],
    ['stop_timeout: -1', 'x.yaml:4:15 stop_timeout: must be a duration like "30s", "250ms" or "1h30m", got -1'],
    ['seed: [1]', 'x.yaml:4:1 seed: must be a text or a number, got a list'],
    ['thresholds: p95<1s', 'x.yaml:4:13 thresholds: must be a list, got "p95<1s"'],
    ['thresholds: [5]', 'x.yaml:4:14 thresholds[0]: must be a text of one line, got 5'],
    ['mock: { capacity: 0 }', /^x\.yaml:4:19 mock\.capacity: must be a whole number from 1 to \d+, got 0$/],
    ['mock: { fault: 5 }', 'x.yaml:4:16 mock.fault: must be a list, got 5'],
    ['mock: { speed: 5 }', /^x\.yaml:4:9 mock\.speed: is not a key here; there are latency, capacity, fault$/],
    ['phases: []', 'x.yaml:4:1 phases: must be a list with at least one entry, got an empty list'],
    ['phases: 5', 'x.yaml:4:9 phases: must be a list with at least one entry, got 5'],
  ])('refuses the line "%s"', (line, expected) => {
    const lines = problemsOf(`${least}${line}\n`);
    expect(lines).toHaveLength(1);
    if (typeof expected === 'string') expect(lines[0]).toBe(expected);
    else expect(lines[0]).toMatch(expected);
  });

  test.each([
    ['users: 0', 'x.yaml:1:8 users: must be a whole number from 1 to 100000, got 0'],
    ['users: 1.5', 'x.yaml:1:8 users: must be a whole number from 1 to 100000, got 1.5'],
    ['users: many', 'x.yaml:1:8 users: must be a whole number from 1 to 100000, got "many"'],
    ['spawn_rate: 0', /^x\.yaml:2:13 spawn_rate: must be a number of users per second like 10\/s.*, got 0$/],
    ['spawn_rate: 5/m', /^x\.yaml:2:13 spawn_rate: must be a number of users per second/],
    ['run_time: 5x', 'x.yaml:3:11 run_time: must be a duration like "30s", "250ms" or "1h30m", got "5x"'],
    ['run_time: 1500ms', 'x.yaml:3:11 run_time: must be a whole number of seconds, at least 1s, got "1500ms"'],
    ['run_time: { a: 1 }', 'x.yaml:3:1 run_time: must be a duration like "30s", "250ms" or "1h30m", got a mapping'],
  ])('refuses %s', (line, expected) => {
    const key = line.slice(0, line.indexOf(':'));
    const [problem, ...more] = problemsOf(least.replace(new RegExp(`${key}: .*`), line));
    expect(more).toEqual([]);
    if (typeof expected === 'string') expect(problem).toBe(expected);
    else expect(problem).toMatch(expected);
  });

  test('reads a level given as a count as a share of the users, so that it scales with them', () => {
    const scenario = parseScenario(
      'users: 120\nspawn_rate: 20/s\nphases:\n  - { name: a, users: 40, for: 10s }\n  - { name: b, users: 120, for: 5s }\n',
      'x.yaml',
    );
    expect(scenario.phases.map(({ level }) => level)).toEqual([
      { kind: 'share', share: 40 / 120 },
      { kind: 'share', share: 1 },
    ]);
  });

  test('asks for what is missing', () => {
    expect(problemsOf('seed: 1\n')).toEqual([
      'x.yaml:1:1 needs the key users, like users: 100, or rate: 50/s',
      'x.yaml:1:1 needs the key spawn_rate, like spawn_rate: 10/s, or climb: 8m',
      'x.yaml:1:1 needs the key run_time, like run_time: 10m',
    ]);
  });

  test.each([
    ['a text', '  - hello\n', ['x.yaml:5:5 phases[0]: must be a mapping of keys to values, got "hello"']],
    [
      'missing keys',
      `  - { climb: up }\n${share('a', '100%', '100%')}`,
      ['name', 'users or rate', 'for'].map((key) => `x.yaml:5:5 phases[0]: needs the key ${key}`),
    ],
    [
      'an unknown key',
      '  - { name: a, users: 100%, for: 100%, ovre: 1s }\n',
      ['x.yaml:5:40 phases[0].ovre: is not a key here; did you mean over?'],
    ],
    [
      'a level above the target',
      share('a', '5000', '50%') + share('b', '100%', '50%'),
      ['x.yaml:5:23 phases[0].users: must be at most the users of the scenario, 10, got 5000'],
    ],
    [
      'a level that is no number of users',
      share('a', '2.5', '50%') + share('b', '100%', '50%'),
      [
        'x.yaml:5:23 phases[0].users: must be baseline, a percentage of the users like 100%, or a whole number of users, got 2.5',
      ],
    ],
    [
      'no length',
      share('a', '100%', '0%') + share('b', '100%', '100%'),
      ['x.yaml:5:34 phases[0].for: must be above 0%, got "0%"'],
    ],
    [
      'a length of words',
      share('a', '100%', 'long'),
      [
        'x.yaml:5:34 phases[0].for: must be a percentage of the run time like 40%, or a duration like 30s, above 0, got "long"',
      ],
    ],
    [
      'a name twice',
      share('a', '100%', '50%') + share('a', '100%', '50%'),
      ['x.yaml:6:13 phases[1].name: must be a name of its own, got "a" again'],
    ],
    [
      'shares that do not add up',
      share('a', '100%', '50%') + share('b', '100%', '40%'),
      ['x.yaml:4:1 phases: must last 100% of the run time together, got 90%'],
    ],
    [
      'durations that do not add up',
      share('a', '100%', '50s') + share('b', '100%', '40s'),
      ['x.yaml:4:1 phases: must last 1m (the run time) together, got 1m30s'],
    ],
    [
      'two kinds of length',
      share('a', '100%', '50%') + share('b', '100%', '30s'),
      ['x.yaml:6:34 phases[1].for: must be a percentage as in the first phase, got a duration'],
    ],
    [
      'a baseline that nobody gave',
      share('a', 'baseline', '50%') + share('b', '100%', '50%'),
      ['x.yaml:5:23 phases[0].users: needs the key baseline, like baseline: 10%'],
    ],
    [
      'no way to the target',
      share('a', '50%', '100%'),
      ['x.yaml:4:1 phases: must have a phase that stands at all the users, like users: 100%, got none'],
    ],
    [
      'a way longer than the phase',
      '  - { name: a, users: 100%, for: 100%, over: 61s }\n',
      ['x.yaml:5:46 phases[0].over: must be at most the length of the phase, 1m, got 1m1s'],
    ],
  ])('refuses a phase with %s', (_, phases, expected) => {
    expect(problemsOf(`${least}phases:\n${phases}`)).toEqual(expected);
  });

  test('refuses a baseline above the users, and durations that leave no whole run time', () => {
    const phases = share('a', 'baseline', '50%') + share('b', '100%', '50%');
    expect(problemsOf(`${least}baseline: 11\nphases:\n${phases}`)).toEqual([
      'x.yaml:4:11 baseline: must be at most the users, 10, got 11',
    ]);
    expect(problemsOf(`users: 1\nspawn_rate: 1\nphases:\n${share('a', '100%', '1500ms')}`)).toContain(
      'x.yaml:3:1 phases: must last a whole number of seconds together, got 1s500ms',
    );
  });

  test('shows no secret: neither user-info of an address, nor the value of a header or key', () => {
    const text = `${least}host: http://me:geheim@x\napi-key: geheim\nheaders:\n  Authorization: Bearer geheim\n  X-API-Key: geheim\n`;
    const lines = problemsOf(text);
    expect(lines).toHaveLength(4);
    expect(lines.join('\n')).not.toContain('geheim');
  });

  test('tells every problem at once, in the order of the file', () => {
    const lines = problemsOf(`usres: 1
spawn_rate: fast
run_time: 5x
phases:
  - 5
  - { name: a, users: baseline, for: 200% }
think: no
mock: { capacity: none }
`);
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'x.yaml:1:1',
      'x.yaml:1:1',
      'x.yaml:2:13',
      'x.yaml:3:11',
      'x.yaml:5:5',
      'x.yaml:6:23',
      'x.yaml:6:38',
      'x.yaml:7:8',
      'x.yaml:8:19',
    ]);
  });
});
