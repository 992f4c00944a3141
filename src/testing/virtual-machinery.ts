import { capacityCommand } from '../cli/commands/capacity-command.ts';
import { compareCommand } from '../cli/commands/compare-command.ts';
import { mergeCommand } from '../cli/commands/merge-command.ts';
import { mockCommand } from '../cli/commands/mock-command.ts';
import { planCommand } from '../cli/commands/plan-command.ts';
import { reportCommand } from '../cli/commands/report-command.ts';
import { runCommand } from '../cli/commands/run-command.ts';
import type { Host } from '../cli/host.ts';
import type { Machinery } from '../cli/machinery.ts';
import { main } from '../cli/main.ts';
import type { Clock } from '../core/clock.ts';
import type { ExitCode } from '../core/errors.ts';
import { seededRandom } from '../core/random.ts';
import { type Millis, millis, plus } from '../core/units.ts';
import { runSlice } from '../engine/run-slice.ts';
import type { LoadCrew, LoadOrder } from '../io/load-threads.ts';
import { describeMonitor } from '../monitor/monitor-source.ts';
import { joinEvents } from '../record/join.ts';
import type { RunEvent } from '../record/run-event.ts';
import { divide } from '../workload/slice.ts';
import { type SimulatedServer, type SimulatedServerOptions, simulatedServer } from './simulated-server.ts';
import type { VirtualClock } from './virtual-clock.ts';

/**
 * The command line's machinery in virtual time, on a machine of four cores: the built-in server is a simulated one with the
 * same options, every monitor reads a quarter of the CPU and half of the memory, and load threads take turns in the one virtual time, against the same server.
 */
export function virtualMachinery(
  time: VirtualClock,
  server: Partial<SimulatedServerOptions> = {},
  startedAt = new Date('2026-11-22T12:00:00Z'),
): Machinery {
  let builtIn: Partial<SimulatedServerOptions> = {};
  const connect = (clock: Clock) => simulatedServer({ clock, ...builtIn, ...server });
  return {
    date: () => new Date(startedAt.getTime() + Math.round(time.now())),
    clock: () => startingAt(time, time.now()),
    openFileLimit: () => null,
    cores: () => 4,
    connect: ({ clock }) => connect(clock),
    prepareLoad: async (order) => virtualCrew(order, time, connect),
    openHooks: () => Promise.reject(new Error('not simulated')),
    async openSampler({ name, source }) {
      const limit = { amount: 4, of: 'this machine' };
      const { words, measures } = describeMonitor(source);
      const { cpu, memory } = measures;
      return {
        monitor: { name, source: words, cpu: cpu ? limit : null, memory: memory ? limit : null },
        read: async () => ({ cpu: cpu ? 0.25 : null, memory: memory ? 0.5 : null }),
      };
    },
    readCounter: () => Promise.reject(new Error('it is not simulated')),
    async startBuiltIn({ latency, capacity = null, faults = [], apiKey = null, seed = 'built-in' }) {
      builtIn = { ...(latency === undefined ? {} : { latency }), capacity, faults, apiKey, seed };
      return {
        address: 'http://127.0.0.1:8000',
        stats: () => Promise.reject(new Error('not simulated')),
        close: async () => {},
      };
    },
  };
}

/** Runs the command line of a host with this machinery, until the command is over in virtual time. */
export function runVirtually(host: Host, time: VirtualClock, machinery: Machinery): Promise<ExitCode> {
  return time.run(
    main(host, {
      run: (each, input) => runCommand(each, input, machinery),
      capacity: (each, input) => capacityCommand(each, input, machinery),
      plan: planCommand,
      mock: mockCommand,
      report: reportCommand,
      merge: mergeCommand,
      compare: compareCommand,
    }),
  );
}

function virtualCrew(
  { plan, slice, workers, seed }: LoadOrder,
  time: VirtualClock,
  connect: (clock: Clock) => SimulatedServer,
): LoadCrew {
  return {
    start(stop, lead) {
      const clock = startingAt(time, plus(time.now(), lead));
      const transport = connect(clock);
      const thread = async function* (j: number): AsyncGenerator<RunEvent, void, undefined> {
        await clock.until(millis(0));
        yield* runSlice(plan, divide(slice, j, workers), {
          clock,
          random: seededRandom(seed),
          transport,
          stop,
          vitals: null,
        });
      };
      const threads = Array.from({ length: workers }, (_, j) => thread(j));
      return { events: joinEvents(threads, { unfinished: 'thread-died' }), trouble: () => null };
    },
    dismiss: async () => {},
  };
}

function startingAt(time: VirtualClock, origin: Millis): Clock {
  return {
    now: () => millis(time.now() - origin),
    until: (at, signal) => time.until(plus(origin, at), signal),
  };
}
