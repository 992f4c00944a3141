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

  test('counts shared connections, of which there are never more than users', () => {
    const shared = (count: number) => ({ kind: 'shared', count }) as const;
    expect(() => checkOpenFiles(100_000, false, 1024, shared(960))).not.toThrow();
    expect(() => checkOpenFiles(960, false, 1024, shared(5000))).not.toThrow();
    expect(() => checkOpenFiles(100_000, false, 1024, shared(961))).toThrow(
      '961 shared connections need 1025 open files, but this process may open 1024.',
    );
  });

  test('has nothing to say where the system tells no limit', () => {
    expect(() => checkOpenFiles(100_000, true, null)).not.toThrow();
  });
});
