import { cpus, totalmem } from 'node:os';
import type { Capacity } from '../../monitor/usage.ts';
import type { MonitorLimit } from '../../record/monitor.ts';

/** What `--cpu-limit` and `--memory-limit` say; null: nothing. */
export interface AskedLimits {
  readonly cores: number | null;
  readonly bytes: number | null;
}

export interface Limits {
  readonly cpu: MonitorLimit;
  readonly memory: MonitorLimit;
}

/** All that this machine has. */
export const machine = (): Capacity => ({ cores: Math.max(1, cpus().length), bytes: totalmem() });

/** What was asked for, else what was found (of `foundBy`) where it is less than this machine has, else all that it has. */
export function limitsHere(asked: AskedLimits, found: Partial<Capacity>, foundBy: string): Limits {
  const here = machine();
  const limit = (key: keyof Capacity, option: string): MonitorLimit => {
    const [own, less] = [asked[key], found[key]];
    if (own !== null) return { amount: own, of: option };
    return less !== undefined && less < here[key]
      ? { amount: less, of: foundBy }
      : { amount: here[key], of: 'this machine' };
  };
  return { cpu: limit('cores', '--cpu-limit'), memory: limit('bytes', '--memory-limit') };
}

/** As numbers, for what needs them; a share that the source tells itself needs none. */
export const capacityOf = ({ cpu, memory }: Limits): Capacity => ({
  cores: cpu.amount ?? 1,
  bytes: memory.amount ?? 1,
});
