import { readFileSync } from 'node:fs';
import { andParents, parseCfsQuota, parseCgroup, parseCpuMax, parseMemoryLimit } from '../../monitor/cgroup.ts';
import type { Capacity } from '../../monitor/usage.ts';

/** Where the system shows processes and control groups. */
export interface SystemFolders {
  readonly proc: string;
  readonly cgroup: string;
}

export const systemFolders: SystemFolders = { proc: '/proc', cgroup: '/sys/fs/cgroup' };

/**
 * The limits of the control groups that a process is in, of version 1 and 2: the least of each that holds for it. What is not
 * limited, or cannot be seen from here, is left out.
 */
export function cgroupLimits(pid: number, { proc, cgroup }: SystemFolders): Partial<Capacity> {
  const read = (path: string): string => readOrEmpty(`${cgroup}/${path}`);
  const { v2, cpu, memory } = parseCgroup(readOrEmpty(`${proc}/${pid}/cgroup`));
  // A process in a namespace of its own is at the root of what it sees.
  const [two, ofCpu, ofMemory] = [v2, cpu, memory].map((path) => andParents(path ?? ''));
  const cores = [
    ...(two ?? []).map((path) => parseCpuMax(read(`${path}/cpu.max`))),
    ...(ofCpu ?? []).map((path) =>
      parseCfsQuota(read(`cpu${path}/cpu.cfs_quota_us`), read(`cpu${path}/cpu.cfs_period_us`)),
    ),
  ];
  const bytes = [
    ...(two ?? []).map((path) => parseMemoryLimit(read(`${path}/memory.max`))),
    ...(ofMemory ?? []).map((path) => parseMemoryLimit(read(`memory${path}/memory.limit_in_bytes`))),
  ];
  const [leastCores, leastBytes] = [least(cores), least(bytes)];
  return {
    ...(leastCores === null ? {} : { cores: leastCores }),
    ...(leastBytes === null ? {} : { bytes: leastBytes }),
  };
}

function least(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
