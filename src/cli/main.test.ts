import { expect, test } from 'vitest';
import { SqloadError } from '../core/errors.ts';
import { fakeHost } from '../testing/fake-host.ts';
import { main } from './main.ts';
import type { Actions } from './program.ts';

function failing(error: unknown): Actions {
  const fail = () => Promise.reject(error);
  return { run: fail, plan: fail, mock: fail, report: fail, merge: fail, compare: fail, capacity: fail };
}

test('main() tells an error of sqload as a sentence and a hint, and answers with its exit code', async () => {
  const host = fakeHost({ argv: ['spike'] });
  const error = new SqloadError('The server is away.', { exitCode: 5, hint: 'Start it.' });
  expect(await main(host, failing(error))).toBe(5);
  expect(host.written).toEqual({ stdout: '', stderr: 'sqload: The server is away.\n  Start it.\n' });
});

test('main() tells an error without a hint in one line', async () => {
  const host = fakeHost({ argv: ['spike'] });
  await main(host, failing(new SqloadError('No.', { exitCode: 2 })));
  expect(host.written.stderr).toBe('sqload: No.\n');
});

test.each([new TypeError('x is undefined'), 'x is undefined'])('main() answers 70 to a bug: %s', async (error) => {
  const host = fakeHost({ argv: ['spike'] });
  expect(await main(host, failing(error))).toBe(70);
  expect(host.written.stderr).toMatch(/^sqload: (TypeError: )?x is undefined\n {2}This is a bug in sqload: .+\n$/);
});

test('main() shows the stack only with SQLOAD_DEBUG=1', async () => {
  const host = fakeHost({ argv: ['spike'], env: { SQLOAD_DEBUG: '1' } });
  await main(host, failing(new TypeError('x is undefined')));
  expect(host.written.stderr).toMatch(/\n {4}at .*main\.test/);
});

test('main() shows no secret that a bug quotes, wherever it was given', async () => {
  const host = fakeHost({
    argv: ['spike', '--api-key', 'hunter-flag', '-H', 'http://me:hunter-url@a'],
    env: { SQLOAD_API_KEY: 'hunter-env', SQLOAD_DEBUG: '1' },
    files: { '.env': 'SQLOAD_API_KEY=hunter-file' },
  });
  await main(host, failing(new TypeError('hunter-flag hunter-env hunter-file http://me:hunter-url@a')));
  expect(host.written.stderr).toContain('[redacted]');
  expect(host.written.stderr).not.toContain('hunter');
});
