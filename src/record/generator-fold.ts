import { micros } from '../core/units.ts';
import type { EncodedHistogram } from '../metrics/encoded-histogram.ts';
import { Histogram } from '../metrics/histogram.ts';
import { tallyCount } from '../metrics/tally.ts';
import type { LoadProfile } from '../workload/load-profile.ts';
import type { RecordHeader } from './record.ts';
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
  /** Delays of more than `stallFrom`, of all load threads together. */
  readonly stood: number;
  /** Requests of the steady window that timed out while a load thread stood still, or in the second after. */
  readonly ownTimeouts: number;
  /** CPU that all processes used, in cores; null when nobody measured. */
  readonly cpu: number | null;
}

/** From this delay on, in ms, a load thread stood still: the users that it plays lost this time. */
export const stallFrom = 100;

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
  /** By row, requests of the steady window that timed out while a load thread stood still, or in the second after. */
  readonly ownTimeouts: number[];
  readonly #profile: LoadProfile;
  /** A stall of this length, in ms, may be what a request timed out by. */
  readonly #timeoutStall: number;
  /** The last second in which a timeout may be due to a stall seen so far. */
  #stalledUntil = -1;
  #collecting = 0;
  #threadSeconds = 0;

  constructor({ profile, load, rows }: Pick<RecordHeader, 'profile' | 'load' | 'rows'>) {
    this.#profile = profile;
    this.#timeoutStall = Math.max(50, load.timeout / 5);
    this.ownTimeouts = rows.map(() => 0);
  }

  /** Share of the threads' time in garbage collection, 0 to 1; null when nobody measured. */
  get collectingShare(): number | null {
    return this.#threadSeconds === 0 ? null : this.#collecting / 1000 / this.#threadSeconds;
  }

  add(event: SecondEvent): void {
    const { second, dropped, threads } = event;
    const delay = greatest(threads, (thread) => (thread.delay[1] ?? 0) / 1000);
    const utilisation = greatest(threads, (thread) => thread.utilisation);
    this.seconds.push({
      second,
      lateness: (event.lateness[1] ?? 0) / 1000,
      delay,
      utilisation,
      dropped,
      stood: threads.reduce((sum, thread) => sum + stoodStill(thread.delay), 0),
      ownTimeouts: this.#countOwnTimeouts(event, delay ?? 0),
      cpu: event.processes.length === 0 ? null : cpuOf(event.processes),
    });
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

  /** A stall is told by the second in which it began, and what it held up may time out when it is over. */
  #countOwnTimeouts({ second, cells }: SecondEvent, delay: number): number {
    if (delay >= this.#timeoutStall)
      this.#stalledUntil = Math.max(this.#stalledUntil, second + Math.floor(delay / 1000) + 1);
    if (second > this.#stalledUntil) return 0;
    const { steady, phases } = this.#profile;
    let sum = 0;
    for (const { row, phase, tally } of cells) {
      if (steady !== null && !phases[phase]?.steady) continue;
      for (const [kind, , count] of tally.failures) {
        if (kind !== 'timeout') continue;
        this.ownTimeouts[row] = (this.ownTimeouts[row] ?? 0) + count;
        sum += count;
      }
    }
    return sum;
  }

  #addProcesses(processes: readonly ProcessSecond[]): void {
    if (processes.length === 0) return;
    const sum = this.processes;
    const cpu = cpuOf(processes);
    const memory = processes.reduce((total, process) => total + process.memory, 0);
    sum.measured += 1;
    sum.cpuSum += cpu;
    sum.cpuMax = Math.max(sum.cpuMax, cpu);
    sum.memoryMax = Math.max(sum.memoryMax, memory);
  }
}

const greatest = (threads: readonly ThreadSecond[], of: (thread: ThreadSecond) => number): number | null =>
  threads.length === 0 ? null : Math.max(...threads.map(of));

const cpuOf = (processes: readonly ProcessSecond[]): number =>
  processes.reduce((total, process) => total + process.cpu, 0);

/** The sum of the delays above `stallFrom`, ms; most seconds have none and are not decoded. */
function stoodStill(encoded: EncodedHistogram): number {
  if ((encoded[1] ?? 0) <= stallFrom * 1000) return 0;
  const delays = new Histogram();
  delays.add(encoded);
  let sum = 0;
  for (const { value, count } of delays.above(micros(stallFrom * 1000))) sum += (value * count) / 1000;
  return sum;
}
