import { describe, expect, test } from 'vitest';
import { type ExitCode, exitCodes } from '../core/errors.ts';
import { type FakeHost, fakeHost } from '../testing/fake-host.ts';
import { main } from './main.ts';
import { compareOptions } from './options/compare-options.ts';
import { mockOptions } from './options/mock-options.ts';
import { allOptions, mergeOptions, reportOptions } from './options/options.ts';
import { runOptions } from './options/run-options.ts';
import type { Actions } from './program.ts';

/** Actions that only note what they were asked for. */
function noting(code: ExitCode = exitCodes.passed) {
  const calls: { command: string; input: unknown }[] = [];
  const note = (command: string) => async (_host: unknown, input: unknown) => {
    calls.push({ command, input });
    return code;
  };
  const actions: Actions = {
    run: note('run'),
    capacity: note('capacity'),
    plan: note('plan'),
    mock: note('mock'),
    report: note('report'),
    merge: note('merge'),
    compare: note('compare'),
  };
  return { actions, calls };
}

async function call(...argv: string[]): Promise<{ host: FakeHost; code: ExitCode; calls: readonly unknown[] }> {
  const host = fakeHost({ argv });
  const { actions, calls } = noting();
  return { host, code: await main(host, actions), calls };
}

describe('runProgram()', () => {
  test.each(['ramp', 'sustained', 'spike'])('runs the preset %s as a scenario of that name', async (name) => {
    const { calls } = await call(name, '-u5', '-r', '2', '-t', '10s', '-H', 'http://a', '--no-preflight');
    expect(calls).toEqual([
      {
        command: 'run',
        input: {
          scenario: name,
          settings: {
            users: [{ name: 'users', text: '5' }],
            spawnRate: [{ name: 'spawn-rate', text: '2' }],
            runTime: [{ name: 'run-time', text: '10s' }],
            host: [{ name: 'host', text: 'http://a' }],
            preflight: [{ name: 'no-preflight', text: 'true' }],
          },
        },
      },
    ]);
  });

  test.each([
    { argv: ['run', 'a.yaml'], command: 'run', input: { scenario: 'a.yaml', settings: {} } },
    { argv: ['plan', 'ramp'], command: 'plan', input: { scenario: 'ramp', settings: {} } },
    { argv: ['capacity'], command: 'capacity', input: { scenario: null, flags: {} } },
    { argv: ['mock'], command: 'mock', input: { flags: {} } },
    { argv: ['report', 'reports/a'], command: 'report', input: { path: 'reports/a', flags: {} } },
    { argv: ['merge', 'a', 'b'], command: 'merge', input: { paths: ['a', 'b'], flags: {} } },
    { argv: ['compare', 'a', 'b'], command: 'compare', input: { paths: ['a', 'b'], flags: {} } },
    {
      argv: ['compare', 'a', 'b', '--candidate', 'c', 'd', '--quiet', '--candidate', 'e'],
      command: 'compare',
      input: {
        paths: ['a', 'b'],
        flags: {
          candidate: ['c', 'd', 'e'].map((text) => ({ name: 'candidate', text })),
          quiet: [{ name: 'quiet', text: 'true' }],
        },
      },
    },
    {
      argv: ['report', '--quiet', 'a'],
      command: 'report',
      input: { path: 'a', flags: { quiet: [{ name: 'quiet', text: 'true' }] } },
    },
  ])('understands $argv', async ({ argv, command, input }) => {
    expect((await call(...argv)).calls).toEqual([{ command, input }]);
  });

  const commands = [
    { argv: ['spike'], table: runOptions, field: 'settings' },
    { argv: ['run', 'a.yaml'], table: runOptions, field: 'settings' },
    { argv: ['plan', 'ramp'], table: runOptions, field: 'settings' },
    { argv: ['mock'], table: mockOptions, field: 'flags' },
    { argv: ['merge', 'a', 'b'], table: mergeOptions, field: 'flags' },
    { argv: ['compare', 'a', 'b'], table: compareOptions, field: 'flags' },
    { argv: ['report', 'a'], table: reportOptions, field: 'flags' },
  ];
  const everyOption = commands.flatMap(({ argv, table, field }) =>
    Object.entries(table).map(([key, spec]) => ({ argv, field, key, spec })),
  );
  test.each(everyOption)('hands $key on to $argv under every name', async ({ argv, field, key, spec }) => {
    const words = spec.placeholder === null ? [] : ['-5 some text'];
    const names = [`--${spec.long}`, ...(spec.alias ? [`--${spec.alias}`] : [])];
    for (const name of names) {
      const { calls } = await call(...argv, ...(words.length === 0 ? [name] : [`${name}=${words[0]}`]));
      const text = words[0] ?? 'true';
      expect(calls).toMatchObject([{ input: { [field]: { [key]: [{ name: name.slice(2), text }] } } }]);
    }
    if (spec.letter === null) return;
    const { calls } = await call(...argv, `-${spec.letter}`, 'x');
    expect(calls).toMatchObject([{ input: { [field]: { [key]: [{ name: spec.long, text: 'x' }] } } }]);
  });

  test('hands on each of several values', async () => {
    const { calls } = await call('spike', '--threshold', 'p95<1s', '-u', '5', '--threshold', 'rps>1', '-u', '-6');
    expect(calls).toMatchObject([
      {
        input: {
          settings: {
            thresholds: [{ text: 'p95<1s' }, { text: 'rps>1' }],
            users: [{ text: '5' }, { text: '-6' }],
          },
        },
      },
    ]);
  });

  test('answers with the exit code of the command', async () => {
    expect(await main(fakeHost({ argv: ['spike'] }), noting(exitCodes.inconclusive).actions)).toBe(3);
  });

  test('--version prints the version', async () => {
    const { host, code } = await call('--version');
    expect(host.written).toEqual({ stdout: expect.stringMatching(/^\d+\.\d+\.\d+\S*\n$/), stderr: '' });
    expect(code).toBe(0);
  });

  test('prints its help as an error when nothing is asked', async () => {
    const { host, code } = await call();
    expect(code).toBe(2);
    expect(host.written.stdout).toBe('');
    expect(host.written.stderr).toContain('Usage: sqload <command>');
  });
});

describe('--help', () => {
  test.each([
    [],
    ['ramp'],
    ['sustained'],
    ['spike'],
    ['run'],
    ['plan'],
    ['mock'],
    ['report'],
    ['merge'],
    ['compare'],
    ['capacity'],
  ])('of %s has examples and fits 100 columns', async (...command) => {
    const { host, code, calls } = await call(...command, '--help');
    expect(code).toBe(0);
    expect(calls).toEqual([]);
    expect(host.written.stderr).toBe('');
    expect(host.written.stdout).toMatch(/\nExamples:\n {2}sqload /);
    for (const line of host.written.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  test('names every option', async () => {
    const texts = await Promise.all(
      ['spike', 'mock', 'compare', 'capacity'].map(async (name) => (await call(name, '--help')).host.written.stdout),
    );
    for (const { long, alias } of allOptions)
      for (const name of alias === null ? [long] : [long, alias]) expect(texts.join('\n')).toContain(`--${name}`);
  });

  test('of a command is also "help <command>"', async () => {
    expect((await call('help', 'mock')).host.written.stdout).toBe((await call('mock', '--help')).host.written.stdout);
    expect((await call('help')).host.written.stdout).toBe((await call('--help')).host.written.stdout);
  });
});

test.each([
  [
    '--users 5',
    'Unknown option --users before the command.\n  Options follow it. "sqload --help" lists what there is.',
  ],
  ['spke', 'There is no command "spke".\n  Did you mean "sqload spike"?'],
  ['attack', 'There is no command "attack".\n  "sqload --help" lists what there is.'],
  [
    'spike 200',
    'Too many words after "sqload spike".\n  Every option begins with a dash. "sqload spike --help" lists what there is.',
  ],
  ['run', '"sqload run" needs a <scenario>.\n  "sqload run --help" lists what there is.'],
  ['report', '"sqload report" needs a <path>.\n  "sqload report --help" lists what there is.'],
  ['merge', '"sqload merge" needs a <record>.\n  "sqload merge --help" lists what there is.'],
  ['compare', '"sqload compare" needs a <baseline>.\n  "sqload compare --help" lists what there is.'],
  ['marge a', 'There is no command "marge".\n  Did you mean "sqload merge"?'],
  ['spike --usres 5', '"sqload spike" has no option --usres.\n  Did you mean --users?'],
  ['spike --usres=5', '"sqload spike" has no option --usres.\n  Did you mean --users?'],
  ['spike --api-kye=hunter2', '"sqload spike" has no option --api-kye.\n  Did you mean --api-key?'],
  ['spike -x', '"sqload spike" has no option -x.\n  "sqload spike --help" lists what there is.'],
  ['spike --quiet=1', 'The option --quiet is a switch and takes no value.\n  Give --quiet alone, or leave it out.'],
  [
    'mock --users 5',
    '"sqload mock" has no option --users; it belongs to another command.\n  "sqload mock --help" lists what there is.',
  ],
  ['spike --users', 'The option -u, --users <count> needs a value.\n  "sqload spike --help" lists what there is.'],
])('sqload %s is wrong usage', async (line, message) => {
  const { host, code, calls } = await call(...line.split(' '));
  expect(host.written).toEqual({ stdout: '', stderr: `sqload: ${message}\n` });
  expect(code).toBe(2);
  expect(calls).toEqual([]);
});
