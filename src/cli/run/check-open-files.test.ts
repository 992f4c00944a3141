import { describe, expect, test } from 'vitest';
import { type ConnectionNeeds, checkOpenFiles } from './check-open-files.ts';

const own = { kind: 'per-user' } as const;
const needs = (users: number, rest: Partial<ConnectionNeeds> = {}): ConnectionNeeds => ({
  users,
  arriving: 0,
  builtIn: false,
  connections: own,
  streams: false,
  workers: 1,
  ...rest,
});

describe('checkOpenFiles()', () => {
  test('lets a run pass that fits exactly, and refuses one user more', () => {
    expect(() => checkOpenFiles(needs(960), 1024)).not.toThrow();
    expect(() => checkOpenFiles(needs(961), 1024)).toThrow(
      '961 users need 1025 open files, but this process may open 1024.',
    );
  });

  test('counts both ends of a connection to the built-in server, and says what would fit', () => {
    expect(() => checkOpenFiles(needs(480, { builtIn: true }), 1024)).not.toThrow();
    expect(() => checkOpenFiles(needs(481, { builtIn: true }), 1024)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        hint: 'Raise the limit in this shell with "ulimit -n 1026", or use at most 480 users.',
      }),
    );
  });

  test('names the bound on users that arrive, which can be lowered', () => {
    expect(() => checkOpenFiles(needs(50, { arriving: 1000, builtIn: true }), 1024)).toThrow(
      expect.objectContaining({
        message: '1050 users at a time need 2164 open files with the built-in server, but this process may open 1024.',
        hint: 'Raise the limit in this shell with "ulimit -n 2164", or give --max-users 430.',
      }),
    );
    expect(() => checkOpenFiles(needs(500, { arriving: 100, builtIn: true }), 1024)).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/, or use at most 480 users\.$/) }),
    );
  });

  test('counts shared connections, of which there are never more than users', () => {
    const shared = (count: number) => ({ kind: 'shared', count }) as const;
    expect(() => checkOpenFiles(needs(100_000, { connections: shared(960) }), 1024)).not.toThrow();
    expect(() => checkOpenFiles(needs(960, { connections: shared(5000) }), 1024)).not.toThrow();
    expect(() => checkOpenFiles(needs(100_000, { connections: shared(961) }), 1024)).toThrow(
      '961 shared connections need 1025 open files, but this process may open 1024.',
    );
  });

  test('counts a stream of events for each user, shared connections or not', () => {
    expect(() => checkOpenFiles(needs(480, { streams: true }), 1024)).not.toThrow();
    expect(() => checkOpenFiles(needs(481, { streams: true }), 1024)).toThrow(
      expect.objectContaining({
        message:
          '481 users, and a stream of events for each user, need 1026 open files, but this process may open 1024.',
        hint: expect.stringContaining('or use at most 480 users'),
      }),
    );
    const shared = { streams: true, connections: { kind: 'shared', count: 60 } } as const;
    expect(() => checkOpenFiles(needs(900, shared), 1024)).not.toThrow();
    expect(() => checkOpenFiles(needs(901, shared), 1024)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('or use at most 59 shared connections') }),
    );
  });

  test('counts the files of load threads as well', () => {
    expect(() => checkOpenFiles(needs(136, { workers: 1 }), 200)).not.toThrow();
    expect(() => checkOpenFiles(needs(136, { workers: 30 }), 200)).toThrow(
      expect.objectContaining({
        message: '136 users on 30 load threads need 432 open files, but this process may open 200.',
        hint: 'Raise the limit in this shell with "ulimit -n 432".',
      }),
    );
  });

  test('has nothing to say where the system tells no limit', () => {
    expect(() => checkOpenFiles(needs(100_000, { builtIn: true }), null)).not.toThrow();
  });
});
