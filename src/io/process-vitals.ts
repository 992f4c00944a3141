import { performance } from 'node:perf_hooks';
import { cpuUsage, memoryUsage } from 'node:process';
import type { ProcessSecond, RunEvent } from '../record/run-event.ts';

/** A span shorter than this, in ms, is too short to tell how much CPU time a second takes. */
const shortest = 100;

/** Tells what this process, all of its threads together, has used since the last read. */
export interface ProcessVitals {
  /** null: so little time has passed that the numbers would mean nothing. */
  read(): ProcessSecond | null;
}

/** CPU time and resident memory of this process; a built-in server in one of its threads is part of it. */
export function processVitals(): ProcessVitals {
  let since = performance.now();
  let used = cpuUsage();
  return {
    read() {
      const now = performance.now();
      if (now - since < shortest) return null;
      const total = cpuUsage();
      const spent = (total.user + total.system - used.user - used.system) / 1000;
      const second = { cpu: spent / (now - since), memory: memoryUsage.rss() };
      since = now;
      used = total;
      return second;
    },
  };
}

/** Adds to each second of a run what the process had used when the second was told. */
export async function* withProcess(events: AsyncIterable<RunEvent>, vitals: ProcessVitals): AsyncGenerator<RunEvent> {
  for await (const event of events) {
    const used = event.kind === 'second' ? vitals.read() : null;
    yield event.kind === 'second' && used ? { ...event, processes: [...event.processes, used] } : event;
  }
}
