import type { Machinery } from '../cli/machinery.ts';
import type { Clock } from '../core/clock.ts';
import { millis } from '../core/units.ts';
import { type SimulatedServerOptions, simulatedServer } from './simulated-server.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** The command line's machinery in virtual time: the built-in server is a simulated one with the same options. */
export function virtualMachinery(
  time: VirtualClock,
  server: Partial<SimulatedServerOptions> = {},
  startedAt = new Date('2026-11-22T12:00:00Z'),
): Machinery {
  let builtIn: Partial<SimulatedServerOptions> = {};
  return {
    date: () => new Date(startedAt.getTime() + Math.round(time.now())),
    clock: () => startingNow(time),
    openFileLimit: () => null,
    connect: ({ clock }) => simulatedServer({ clock, ...builtIn, ...server }),
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

function startingNow(time: VirtualClock): Clock {
  const origin = time.now();
  return {
    now: () => millis(time.now() - origin),
    until: (at, signal) => time.until(millis(at + origin), signal),
  };
}
