/** In which control groups a process is, as paths below their mounts; null: in none of that kind. */
export interface CgroupPaths {
  readonly v2: string | null;
  readonly cpu: string | null;
  readonly memory: string | null;
}

/** Reads `/proc/<pid>/cgroup`: `0::/path` of version 2, `4:memory:/path` of version 1. A path that climbs out is left out. */
export function parseCgroup(text: string): CgroupPaths {
  const paths = { v2: null, cpu: null, memory: null } as { -readonly [Key in keyof CgroupPaths]: CgroupPaths[Key] };
  for (const line of text.split('\n').slice(0, 100)) {
    const [, id, controllers = '', path = ''] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? [];
    if (id === undefined || path.split('/').includes('..')) continue;
    if (id === '0' && controllers === '') paths.v2 = path;
    for (const name of controllers.split(',')) if (name === 'cpu' || name === 'memory') paths[name] = path;
  }
  return paths;
}

/** A path and all that lead to it: a group has no more than the groups that it is in. `/a/b`, `/a`, `` for the mount itself. */
export function andParents(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return Array.from({ length: parts.length + 1 }, (_, i) =>
    parts
      .slice(0, parts.length - i)
      .map((part) => `/${part}`)
      .join(''),
  );
}

/** Bytes that `memory.max` or `memory.limit_in_bytes` allows; null: no limit, which version 1 writes as a huge number. */
export function parseMemoryLimit(text: string): number | null {
  const digits = /^\d{1,20}$/.exec(text.trim())?.[0];
  const bytes = Number(digits ?? Number.NaN);
  return bytes > 0 && bytes < 2 ** 60 ? bytes : null;
}

/** Cores that `cpu.max` allows (`200000 100000` is 2); null: no limit. */
export function parseCpuMax(text: string): number | null {
  const [, quota, period] = /^(\d{1,15}) (\d{1,15})$/.exec(text.trim()) ?? [];
  return quota === undefined || period === undefined ? null : quotaOf(Number(quota), Number(period));
}

/** Cores that `cpu.cfs_quota_us` and `cpu.cfs_period_us` allow; null: no limit, a quota of −1. */
export function parseCfsQuota(quota: string, period: string): number | null {
  const digits = /^\d{1,15}$/;
  return digits.test(quota.trim()) && digits.test(period.trim()) ? quotaOf(Number(quota), Number(period)) : null;
}

const quotaOf = (quota: number, period: number): number | null => (quota > 0 && period > 0 ? quota / period : null);
