import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { openFileLimit, softLimitIn } from './open-file-limit.ts';

test('openFileLimit() is what a shell started from here says', () => {
  const said = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  expect(openFileLimit()).toBe(said === 'unlimited' ? null : Number(said));
});

test('softLimitIn() reads the soft limit, and null where there is none', () => {
  const line = (soft: string): string =>
    `Limit   Soft Limit  Hard Limit  Units\nMax open files            ${soft}   1048576   files\n`;
  expect(softLimitIn(line('1024'))).toBe(1024);
  expect(softLimitIn(line('unlimited'))).toBeNull();
  expect(softLimitIn('')).toBeNull();
});
