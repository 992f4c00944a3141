import { describe, expect, test } from 'vitest';
import { fakeHost } from '../../testing/fake-host.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { runVirtually, virtualMachinery } from '../../testing/virtual-machinery.ts';

const mine = { 'mine.yaml': 'users: 10\nspawn_rate: 5/s\nrun_time: 1m\n' };

async function sqload(
  words: string,
  options: { env?: Readonly<Record<string, string>>; files?: Readonly<Record<string, string>> } = {},
) {
  const clock = new VirtualClock();
  const host = fakeHost({ argv: words.split(' '), ...options });
  const code = await runVirtually(host, clock, virtualMachinery(clock));
  return { code, ...host.written };
}

const settingsOf = async (words: string, options?: Parameters<typeof sqload>[1]) => {
  const { stdout, stderr } = await sqload(`${words} --print-config`, options);
  expect(stderr).toBe('');
  return (name: string): string => stdout.split('\n').find((line) => line.startsWith(`${name} `)) ?? '';
};

describe('--stage', () => {
  test.each([
    ['development', '60 users, 10m'],
    ['staging', '120 users, 30m'],
    ['pre-production', '200 users, 1h'],
    ['post-deployment', '240 users, 2h'],
  ])("%s sets the guide's load and duration on any scenario", async (stage, load) => {
    for (const scenario of ['ramp', 'sustained', 'spike']) {
      const { code, stdout } = await sqload(`plan ${scenario} --stage ${stage} --expected-users 200`);
      expect(stdout).toContain(`Plan of ${scenario}: ${load}`);
      expect(code).toBe(0);
    }
  });

  test('plan tells the share, what is expected, and how often the guide asks for it', async () => {
    const { stdout } = await sqload('plan sustained --stage staging --expected-users 200');
    expect(stdout.split('\n')[1]).toBe(
      'Stage staging: 60 % of 200 expected users for 30m; the guide asks for it every two weeks.',
    );
  });

  test.each([
    ['1', '60 % of 1 expected user (0.6, rounded up to 1 user) for 30m'],
    ['2', '60 % of 2 expected users (1.2, rounded down to 1 user) for 30m'],
    ['5', '60 % of 5 expected users for 30m'],
    ['2001', '60 % of 2 001 expected users (1200.6, rounded up to 1 201 users) for 30m'],
  ])('plan tells how the share of %s users was rounded', async (expected, told) => {
    const { stdout } = await sqload(`plan sustained --stage staging --expected-users ${expected}`);
    expect(stdout.split('\n')[1]).toBe(`Stage staging: ${told}; the guide asks for it every two weeks.`);
  });

  test.each([
    ['1', '1'],
    ['5', '2'],
    ['333', '100'],
  ])('30 %% of %s expected users are %s', async (expected, users) => {
    const setting = await settingsOf(`run sustained --stage development --expected-users ${expected}`);
    expect(setting('users')).toMatch(new RegExp(`^users +${users} +stage$`));
  });

  test('takes its share of an expected rate in the same way, and turns closed load open', async () => {
    const { stdout } = await sqload('plan sustained --stage post-deployment --expected-rate 3/s');
    expect(stdout).toContain('up to 3.6 conversations/s, 2h');
    expect(stdout).toContain('Stage post-deployment: 120 % of 3/s expected conversations for 2h');
  });

  test('is a setting like every other: in the environment, in .env, and in a scenario file', async () => {
    const env = { SQLOAD_STAGE: 'staging', SQLOAD_EXPECTED_USERS: '50' };
    expect((await settingsOf('run sustained', { env }))('users')).toMatch(/ 30 +stage$/);
    const file = { 'mine.yaml': `${mine['mine.yaml']}stage: staging\nexpected_users: 40\n` };
    const setting = await settingsOf('run mine.yaml', { files: file });
    expect(setting('users')).toMatch(/ 24 +stage$/);
    expect(setting('run-time')).toMatch(/ 30m +stage$/);
    expect(setting('stage')).toContain('staging (60 % of the expected load, 30m)');
    expect((await sqload('plan mine.yaml', { files: file })).stdout).toContain('Plan of mine: 24 users, 30m');
  });

  test('a number for this run takes the place of that of a stage in the scenario file', async () => {
    const files = { 'mine.yaml': `${mine['mine.yaml']}stage: staging\nexpected_users: 40\n` };
    const { stdout } = await sqload('plan mine.yaml --run-time 2m', { files });
    expect(stdout).toContain('Plan of mine: 24 users, 2m');
    expect(stdout).not.toContain('Stage');
  });

  test('replaces what a weaker place says', async () => {
    const setting = await settingsOf('run sustained --stage staging --expected-users 50', {
      env: { SQLOAD_USERS: '7', SQLOAD_RUN_TIME: '5s', SQLOAD_RATE: '1' },
    });
    expect(setting('users')).toMatch(/ 30 +stage$/);
    expect(setting('rate')).toMatch(/ none +stage$/);
  });

  test.each([
    ['--users 5', '--stage and --users exclude each other'],
    ['--run-time 5m', '--stage and --run-time exclude each other'],
    ['--rate 5/s', '--stage and --rate exclude each other'],
    ['--expected-rate 5/s', 'Expected users and an expected rate exclude each other'],
  ])('with %s is an error', async (flags, message) => {
    const { code, stderr } = await sqload(`plan sustained --stage staging --expected-users 50 ${flags}`);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  test.each([
    ['--stage staging', 'The stage staging needs --expected-users'],
    ['--expected-users 50', '--expected-users says nothing without a stage'],
    ['--stage production', 'must be development, staging, pre-production or post-deployment'],
    ['--stage post-deployment --expected-users 90000', 'would be 108 000 users'],
    ['--stage staging --expected-rate 5/s --spawn-rate 3', '--spawn-rate is about users that stay'],
  ])('%s is an error', async (flags, message) => {
    const { code, stderr } = await sqload(`plan sustained ${flags}`);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  test('a scenario of both kinds of load needs both', async () => {
    const files = {
      'both.yaml':
        'users: 10\nspawn_rate: 5/s\nrate: 2/s\nrun_time: 2m\nphases:\n  - { name: stay, users: 100%, for: 50% }\n  - { name: come, rate: 100%, for: 50% }\n',
    };
    const one = await sqload('plan both.yaml --stage staging --expected-users 50', { files });
    expect(one.stderr).toContain('needs --expected-rate');
    const both = await sqload('plan both.yaml --stage staging --expected-users 50 --expected-rate 5', { files });
    expect(both.stdout).toContain('60 % of 50 expected users and 5/s expected conversations');
    expect(both.stdout).toContain('30 users and up to 3 conversations/s, 30m');
  });
});
