import { platform } from 'node:os';
import { performance } from 'node:perf_hooks';
import { usageError } from '../../core/errors.ts';
import { FamilyCpu, type ProcStat, ticksPerSecond, withDescendants } from '../../monitor/proc-stat.ts';
import { cgroupLimits, type SystemFolders, systemFolders } from './cgroup-limits.ts';
import { type AskedLimits, capacityOf, limitsHere } from './limits.ts';
import { allProcesses, listenersOn, residentMemory } from './processes.ts';
import type { Sampler } from './sampler.ts';

/** The processes at the head of the family that is watched. */
export type ProcessSource =
  | { readonly kind: 'pid'; readonly pid: number }
  | { readonly kind: 'port'; readonly port: number };

/**
 * Reads CPU time and resident memory of a process of this machine and all its children from `/proc`. CPU has the accuracy of the
 * system's ticks, 10 ms; memory that several processes share counts in each.
 * @throws SqloadError with exit code 2 when there is no such process, or the system does not show it.
 */
export function processSampler(
  source: ProcessSource,
  { name, words }: { readonly name: string; readonly words: string },
  asked: AskedLimits,
  folders: SystemFolders = systemFolders,
): Sampler {
  const roots = new Roots(source, folders);
  const first = roots.find(allProcesses(folders));
  if (typeof first === 'string')
    throw usageError(`The monitor ${name} cannot be read: ${first}.`, hintFor(source, first));
  const limits = limitsHere(asked, cgroupLimits(first[0]?.pid ?? 0, folders), 'its control group');
  const { cores, bytes } = capacityOf(limits);
  const cpu = new FamilyCpu();
  let before = performance.now();
  return {
    monitor: { name, source: words, ...limits },
    async read() {
      const all = allProcesses(folders);
      const now = performance.now();
      const found = roots.find(all);
      if (typeof found === 'string') throw new Error(found);
      const family = withDescendants(new Set(found.map(({ pid }) => pid)), all);
      const ticks = cpu.read(family);
      const seconds = (now - before) / 1000;
      before = now;
      const resident = family.reduce((sum, { pid }) => sum + residentMemory(pid, folders), 0);
      return { cpu: ticks === null ? null : ticks / ticksPerSecond / seconds / cores, memory: resident / bytes };
    },
  };
}

/** Keeps to the processes that it found first, as long as one of them lives; a port may get a new one. */
class Roots {
  readonly #source: ProcessSource;
  readonly #folders: SystemFolders;
  #known: ReadonlySet<string> = new Set();

  constructor(source: ProcessSource, folders: SystemFolders) {
    this.#source = source;
    this.#folders = folders;
  }

  /** Those of `all` at the head of the family, or why there are none, a clause. */
  find(all: readonly ProcStat[]): readonly ProcStat[] | string {
    const same = all.filter((stat) => this.#known.has(keyOf(stat)));
    if (same.length > 0) return same;
    const source = this.#source;
    if (source.kind === 'pid') {
      if (this.#known.size > 0) return `the process ${source.pid} has ended`;
      return (
        this.#keep(all.filter(({ pid }) => pid === source.pid)) ?? `there is no process ${source.pid} that can be seen`
      );
    }
    const { pids, hidden } = listenersOn(source.port, this.#folders);
    const found = this.#keep(all.filter(({ pid }) => pids.includes(pid)));
    if (found !== null) return found;
    return hidden
      ? `this user may not see which process listens on port ${source.port}`
      : `no process of this machine listens on port ${source.port}`;
  }

  #keep(found: readonly ProcStat[]): readonly ProcStat[] | null {
    if (found.length === 0) return null;
    this.#known = new Set(found.map(keyOf));
    return found;
  }
}

/** A number may be given again to another process; with its start it is unique. */
const keyOf = ({ pid, start }: ProcStat): string => `${pid} ${start}`;

function hintFor(source: ProcessSource, problem: string): string {
  if (platform() !== 'linux')
    return 'Processes can be watched on Linux only: use --monitor prometheus:<url> or json:<url> here.';
  if (/may not see/.test(problem))
    return 'Run sqload as the same user, or give the number of the process with --monitor pid:<n>.';
  return source.kind === 'port'
    ? 'Start the server first, on this machine. In a container or elsewhere, use --monitor pid:<n>, prometheus:<url> or json:<url>.'
    : 'Give the number of a running process of this machine, or the port that it listens on: --monitor port:<n>.';
}
