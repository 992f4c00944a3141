import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { andParents, parseCfsQuota, parseCgroup, parseCpuMax, parseMemoryLimit } from './cgroup.ts';
import { listeningInodes, socketInode } from './listening-sockets.ts';
import { FamilyCpu, type ProcStat, parseProcStat, parseResident, withDescendants } from './proc-stat.ts';

const line = (name: string, pid = 42, parent = 7) =>
  `${pid} (${name}) S ${parent} 42 42 0 -1 4194560 100 0 0 0 250 50 30 20 20 0 11 0 98765 1000000 500 18446744073709551615`;

describe('parseProcStat()', () => {
  test.each(['node', 'my server', 'a) S 1 (b', ':-) (', 'x\ny', ''])('reads a process named %j', (name) =>
    expect(parseProcStat(line(name))).toEqual({ pid: 42, parent: 7, start: 98_765, own: 300, children: 50 }),
  );

  test.each(['', '42', '42 (x', '42 (x) S 1', 'x (y) S 1 2', line('n').replace('250', 'abc')])(
    'is null for %j',
    (text) => expect(parseProcStat(text)).toBeNull(),
  );

  test('never throws, whatever a process is named', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 15 }), (name) => {
        expect(parseProcStat(line(name))?.own).toBe(300);
      }),
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseProcStat(text)));
  });

  test.runIf(process.platform === 'linux')('reads this process', () => {
    const stat = parseProcStat(readFileSync('/proc/self/stat', 'utf8'));
    expect(stat).toMatchObject({ pid: process.pid, parent: process.ppid });
    const resident = parseResident(readFileSync('/proc/self/status', 'utf8')) ?? 0;
    expect(Math.abs(resident - process.memoryUsage.rss())).toBeLessThan(30e6);
  });

  test('a kernel thread has no resident memory', () => {
    expect(parseResident('Name:\tkthreadd\nState:\tS\n')).toBeNull();
    expect(parseResident('Name:\tVmRSS: 1 kB\nVmRSS:\t   2048 kB\n')).toBe(2048 * 1024);
  });
});

const stat = (pid: number, parent: number, more: Partial<ProcStat> = {}): ProcStat => ({
  pid,
  parent,
  start: pid,
  own: 0,
  children: 0,
  ...more,
});

describe('withDescendants()', () => {
  test('finds children of children, and comes to an end in a circle', () => {
    const all = [stat(1, 0), stat(2, 1), stat(3, 2), stat(4, 1), stat(5, 3), stat(6, 7), stat(7, 6)];
    const pids = (...roots: number[]) =>
      withDescendants(new Set(roots), all)
        .map(({ pid }) => pid)
        .sort();
    expect(pids(2)).toEqual([2, 3, 5]);
    expect(pids(2, 3)).toEqual([2, 3, 5]);
    expect(pids(6)).toEqual([6, 7]);
    expect(pids(99)).toEqual([]);
  });
});

describe('FamilyCpu', () => {
  test('adds up what members use, from their start when they are new', () => {
    const family = new FamilyCpu();
    expect(family.read([stat(1, 0, { own: 500 })])).toBeNull();
    expect(family.read([stat(1, 0, { own: 520 })])).toBe(20);
    expect(family.read([stat(1, 0, { own: 530 }), stat(2, 1, { own: 40 })])).toBe(50);
  });

  test('counts a child that has ended once: it passes into the times of its parent', () => {
    const family = new FamilyCpu();
    family.read([stat(1, 0, { own: 500 }), stat(2, 1, { own: 40 })]);
    expect(family.read([stat(1, 0, { own: 500, children: 45 })])).toBe(5);
  });

  test('never falls when a child ends that nobody waits for, nor when a number is used again', () => {
    const family = new FamilyCpu();
    family.read([stat(1, 0, { own: 500 }), stat(2, 1, { own: 4000 })]);
    expect(family.read([stat(1, 0, { own: 510 })])).toBe(10);
    expect(family.read([stat(1, 0, { own: 3, start: 99 })])).toBe(3);
  });
});

describe('control groups', () => {
  test('reads both versions', () => {
    expect(parseCgroup('0::/user.slice/a:b\n')).toEqual({ v2: '/user.slice/a:b', cpu: null, memory: null });
    expect(parseCgroup('5:cpu,cpuacct:/docker/1\n4:memory:/docker/2\n1:name=systemd:/x\n')).toEqual({
      v2: null,
      cpu: '/docker/1',
      memory: '/docker/2',
    });
    expect(parseCgroup('0::/../../etc\nrubbish\n')).toEqual({ v2: null, cpu: null, memory: null });
    expect(andParents('/a/b')).toEqual(['/a/b', '/a', '']);
    expect(andParents('/')).toEqual(['']);
  });

  test('reads limits', () => {
    expect(parseMemoryLimit('1073741824\n')).toBe(2 ** 30);
    for (const none of ['max\n', '9223372036854771712\n', '', '0', '-1', 'x'])
      expect(parseMemoryLimit(none)).toBeNull();
    expect(parseCpuMax('200000 100000\n')).toBe(2);
    for (const none of ['max 100000\n', '', '1', '0 100000', '1 0']) expect(parseCpuMax(none)).toBeNull();
    expect(parseCfsQuota('50000\n', '100000\n')).toBe(0.5);
    expect(parseCfsQuota('-1\n', '100000\n')).toBeNull();
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const path of Object.values(parseCgroup(text)))
          if (path !== null) expect(path.split('/')).not.toContain('..');
        parseMemoryLimit(text);
        parseCpuMax(text);
      }),
    );
  });
});

describe('listeningInodes()', () => {
  const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
  const row = (local: string, state: string, inode: number | string) =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0000 100 0 0 10 0`;
  const table = [
    head,
    row('0100007F:1F40', '0A', 111),
    row('0100007F:1F40', '01', 222),
    row('00000000000000000000000000000000:1F40', '0A', 333),
    row('0100007F:1F41', '0A', 444),
    row('0100007F:1F40', '0A', 0),
    'rubbish',
  ].join('\n');

  test('finds who listens on a port, over both kinds of address', () => {
    expect([...listeningInodes(table, 8000)]).toEqual(['111', '333']);
    expect([...listeningInodes(table, 80)]).toEqual([]);
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(listeningInodes(text, 1).size).toBe(0);
        socketInode(text);
      }),
    );
    expect(socketInode('socket:[17]')).toBe('17');
    expect(socketInode('/dev/null')).toBeNull();
  });
});
