/** What `/proc/<pid>/stat` tells of a process. Times are in ticks of 10 ms (USER_HZ, 100 on every Linux). */
export interface ProcStat {
  readonly pid: number;
  readonly parent: number;
  /** Ticks from the boot to its start: tells apart two processes that had one number. */
  readonly start: number;
  /** CPU time of all its threads. */
  readonly own: number;
  /** CPU time of children that have ended and were waited for. */
  readonly children: number;
}

export const ticksPerSecond = 100;

/** Reads `/proc/<pid>/stat`; null when it is something else. A name may hold spaces, parentheses and line ends. */
export function parseProcStat(text: string): ProcStat | null {
  const open = text.indexOf(' (');
  const close = text.lastIndexOf(') ');
  if (open < 0 || close < open) return null;
  // Fields from the third on, which is the state: see proc(5).
  const fields = text
    .slice(close + 2)
    .trim()
    .split(/\s+/);
  const number = (field: number): number => {
    const digits = fields[field - 3] ?? '';
    return /^-?\d{1,20}$/.test(digits) ? Number(digits) : Number.NaN;
  };
  const pid = Number(/^\d{1,10}$/.exec(text.slice(0, open))?.[0] ?? Number.NaN);
  // Children's times are signed, and never below 0.
  const stat = {
    pid,
    parent: number(4),
    start: number(22),
    own: number(14) + number(15),
    children: number(16) + number(17),
  };
  return Object.values(stat).every((value) => Number.isFinite(value) && value >= 0) ? stat : null;
}

/** Resident memory in bytes, from `/proc/<pid>/status`; null where there is none, as in a kernel thread. */
export function parseResident(status: string): number | null {
  const kilobytes = /^VmRSS:[ \t]{0,20}(\d{1,15}) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

/** The processes with these numbers and all their descendants, each once. */
export function withDescendants(roots: ReadonlySet<number>, all: readonly ProcStat[]): readonly ProcStat[] {
  const childrenOf = new Map<number, ProcStat[]>();
  for (const stat of all) {
    const siblings = childrenOf.get(stat.parent);
    if (siblings) siblings.push(stat);
    else childrenOf.set(stat.parent, [stat]);
  }
  const found = new Map<number, ProcStat>();
  const waiting = all.filter(({ pid }) => roots.has(pid));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (found.has(next.pid)) continue;
    found.set(next.pid, next);
    waiting.push(...(childrenOf.get(next.pid) ?? []));
  }
  return [...found.values()];
}

/** CPU time that a family of processes uses, whose members come and go between two readings. */
export class FamilyCpu {
  #last: ReadonlyMap<string, ProcStat> | null = null;

  /**
   * Ticks used since the last reading; null for the first. A process that has begun since then counts from its start. One that has ended
   * is in the times of its parent, if that waited for it: what was counted of it before is taken off.
   */
  read(family: readonly ProcStat[]): number | null {
    const now = new Map(family.map((stat) => [`${stat.pid} ${stat.start}`, stat]));
    const last = this.#last;
    this.#last = now;
    if (last === null) return null;
    let own = 0;
    let children = 0;
    for (const [key, stat] of now) {
      const before = last.get(key);
      own += Math.max(0, stat.own - (before?.own ?? 0));
      children += Math.max(0, stat.children - (before?.children ?? 0));
    }
    for (const [key, stat] of last) if (!now.has(key)) children -= stat.own + stat.children;
    return own + Math.max(0, children);
  }
}
