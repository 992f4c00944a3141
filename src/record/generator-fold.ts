import { Histogram } from '../metrics/histogram.ts';
import { tallyCount } from '../metrics/tally.ts';
import type { LoadProfile } from '../workload/load-profile.ts';
import type { ProcessSecond, SecondEvent, ThreadSecond } from './run-event.ts';

/** One second of the generator; times in ms. */
export interface GeneratorSecond {
  readonly second: number;
  /** The latest hand-over of a request that ended in the second; 0 when none did. */
  readonly lateness: number;
  /** The longest that a load thread did not come back to its event loop; null when nobody measured. */
  readonly delay: number | null;
  /** Of the busiest load thread, 0 to 1; null when nobody measured. */
  readonly utilisation: number | null;
  readonly dropped: number;
}

/**
 * How the generator fared: over the whole run for those who read a report, and over the *judged* seconds for the self-check.
 * Those are the seconds that the load thresholds rest on: of the steady window (of the run, when it has none), and those
 * after it in which mostly requests ended that were due in it.
 */
export class GeneratorFold {
  /** Every second of the record, in order. */
  readonly seconds: GeneratorSecond[] = [];
  /** Most load threads that told of themselves in one second. */
  threads = 0;
  /** Event-loop delay of all load threads, µs. */
  readonly delay = new Histogram();
  /** Lateness of the requests that ended in the judged seconds, µs. */
  readonly judgedLateness = new Histogram();
  /** Event-loop delay of all load threads in the judged seconds, µs. */
  readonly judgedDelay = new Histogram();
  /** `measured` seconds of processes: CPU in cores, memory in bytes; all processes of one second together. */
  readonly processes = { measured: 0, cpuSum: 0, cpuMax: 0, memoryMax: 0 };
  readonly #profile: LoadProfile;
  #collecting = 0;
  #threadSeconds = 0;

  constructor(profile: LoadProfile) {
    this.#profile = profile;
  }

  /** Share of the threads' time in garbage collection, 0 to 1; null when nobody measured. */
  get collectingShare(): number | null {
    return this.#threadSeconds === 0 ? null : this.#collecting / 1000 / this.#threadSeconds;
  }

  add(event: SecondEvent): void {
    const { second, dropped, threads } = event;
    const delay = greatest(threads, (thread) => (thread.delay[1] ?? 0) / 1000);
    const utilisation = greatest(threads, (thread) => thread.utilisation);
    this.seconds.push({ second, lateness: (event.lateness[1] ?? 0) / 1000, delay, utilisation, dropped });
    this.threads = Math.max(this.threads, threads.length);
    this.#threadSeconds += threads.length;
    const judged = this.#isJudged(event);
    if (judged) this.judgedLateness.add(event.lateness);
    const reachesIn = judged || this.#reachesIn(second, delay ?? 0);
    for (const thread of threads) {
      this.#collecting += thread.collecting;
      this.delay.add(thread.delay);
      if (reachesIn) this.judgedDelay.add(thread.delay);
    }
    this.#addProcesses(event.processes);
  }

  #isJudged({ second, cells }: SecondEvent): boolean {
    const { steady, phases } = this.#profile;
    if (steady === null) return true;
    if (second < steady.end) return second >= steady.start;
    let due = 0;
    let ended = 0;
    for (const { phase, tally } of cells) {
      const count = tallyCount(tally);
      ended += count;
      if (phases[phase]?.steady) due += count;
    }
    return due > 0 && due * 2 >= ended;
  }

  /** A stall is told by the second in which it began: a long one before the window may have lasted into it. */
  #reachesIn(second: number, delay: number): boolean {
    const { steady } = this.#profile;
    return steady !== null && second < steady.start && second + delay / 1000 >= steady.start;
  }

  #addProcesses(processes: readonly ProcessSecond[]): void {
    if (processes.length === 0) return;
    const sum = this.processes;
    const cpu = processes.reduce((total, process) => total + process.cpu, 0);
    const memory = processes.reduce((total, process) => total + process.memory, 0);
    sum.measured += 1;
    sum.cpuSum += cpu;
    sum.cpuMax = Math.max(sum.cpuMax, cpu);
    sum.memoryMax = Math.max(sum.memoryMax, memory);
  }
}

const greatest = (threads: readonly ThreadSecond[], of: (thread: ThreadSecond) => number): number | null =>
  threads.length === 0 ? null : Math.max(...threads.map(of));
