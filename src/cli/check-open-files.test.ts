import { describe, expect, test } from 'vitest';
import { checkOpenFiles } from './check-open-files.ts';

describe('checkOpenFiles()', () => {
  test('lets a run pass that fits exactly, and refuses one user more', () => {
    expect(() => checkOpenFiles(960, false, 1024)).not.toThrow();
    expect(() => checkOpenFiles(961, false, 1024)).toThrow(
      '961 users need 1025 open files, but this process may open 1024.',
    );
  });

  test('counts both ends of a connection to the built-in server, and says what would fit', () => {
    expect(() => checkOpenFiles(480, true, 1024)).not.toThrow();
    expect(() => checkOpenFiles(481, true, 1024)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        hint: 'Raise the limit in this shell with "ulimit -n 1026", or use at most 480 users.',
      }),
    );
  });

  test('names the bound on users that arrive, which can be lowered', () => {
    expect(() => checkOpenFiles(1050, true, 1024, 1000)).toThrow(
      expect.objectContaining({
        message: '1050 users at a time need 2164 open files with the built-in server, but this process may open 1024.',
        hint: 'Raise the limit in this shell with "ulimit -n 2164", or give --max-users 430.',
      }),
    );
    expect(() => checkOpenFiles(600, true, 1024, 100)).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/, or use at most 480 users\.$/) }),
    );
  });

  test('has nothing to say where the system tells no limit', () => {
    expect(() => checkOpenFiles(100_000, true, null)).not.toThrow();
  });
});
