import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { listeningInodes, socketInode } from '../../monitor/listening-sockets.ts';
import { type ProcStat, parseProcStat, parseResident } from '../../monitor/proc-stat.ts';
import type { SystemFolders } from './cgroup-limits.ts';

/** The processes of this machine, as far as `/proc` shows them; those that end meanwhile are left out. */
export function allProcesses({ proc }: SystemFolders): readonly ProcStat[] {
  return processNumbers(proc).flatMap((pid) => {
    const stat = parseProcStat(read(`${proc}/${pid}/stat`));
    return stat === null ? [] : [stat];
  });
}

/** Resident memory in bytes; 0 for a process that has ended. */
export const residentMemory = (pid: number, { proc }: SystemFolders): number =>
  parseResident(read(`${proc}/${pid}/status`)) ?? 0;

/** Who listens on a port. `hidden`: somebody does, but this user may not see who. */
export interface Listeners {
  readonly pids: readonly number[];
  readonly hidden: boolean;
}

/** Finds the processes that hold a socket which listens on a port, over IPv4 or IPv6. */
export function listenersOn(port: number, { proc }: SystemFolders): Listeners {
  const inodes = new Set(['tcp', 'tcp6'].flatMap((name) => [...listeningInodes(read(`${proc}/net/${name}`), port)]));
  if (inodes.size === 0) return { pids: [], hidden: false };
  const pids = processNumbers(proc).filter((pid) => holdsSocket(`${proc}/${pid}/fd`, inodes));
  return { pids, hidden: pids.length === 0 };
}

function holdsSocket(folder: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(folder).some((file) => inodes.has(socketInode(linkOf(`${folder}/${file}`)) ?? ''));
  } catch {
    // Another user's, or gone.
    return false;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function processNumbers(proc: string): readonly number[] {
  try {
    return readdirSync(proc)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
