import type { RunFold } from '../record/fold.ts';
import { inWindow } from './stalls.ts';

/** Below this share of a core for each load thread, the threads did not get, or did not use, the processor. */
const usedShare = 0.8;
/** From so many load threads in a process on, more of them help less than another machine. */
const manyWorkers = 8;

/**
 * What to do about a generator that could not keep up. More threads help only where those there are use a core each: else
 * something on the machine keeps it from them. `troubled` are the seconds to look at, by default the steady window.
 */
export function remedyOf(
  fold: RunFold,
  troubled: (second: number) => boolean = (second) => inWindow(fold, second),
): string {
  const { header } = fold;
  const allow = '--allow-saturated judges the run all the same.';
  const cpu = meanCpu(fold, troubled);
  if (cpu !== null && cpu < usedShare * fold.generator.threads)
    return `The load threads did not use their share of the processor, so probably other programs on this machine took it: use a quieter machine, or slices on more machines (--slice); ${allow}`;
  const { peak, arrivals } = header.profile;
  const less = arrivals === null ? 'fewer users' : peak === 0 ? 'a lower rate' : 'fewer users and a lower rate';
  if (header.workers >= manyWorkers)
    return `Divide the run into slices on more machines (--slice), or use ${less} per worker; ${allow}`;
  return `Use more threads (--workers ${Math.max(2, header.workers * 2)}), ${less} per worker, or a quieter machine; ${allow}`;
}

/** Of all processes together, over some seconds, in cores; null when nobody measured. */
function meanCpu({ generator }: RunFold, troubled: (second: number) => boolean): number | null {
  let sum = 0;
  let count = 0;
  for (const { second, cpu } of generator.seconds) {
    if (cpu === null || !troubled(second)) continue;
    sum += cpu;
    count += 1;
  }
  return count === 0 ? null : sum / count;
}
