import type { MockVitals } from '../mock-messages.ts';
import type { Sampler } from './sampler.ts';

/**
 * Reads how busy the thread of the built-in server was, as CPU of one core, and how full its heap is.
 * @throws SqloadError when its thread is gone.
 */
export async function mockSampler(vitals: () => Promise<MockVitals>): Promise<Sampler> {
  const { heapLimit } = await vitals();
  return {
    monitor: {
      name: 'server',
      source: 'the thread of the built-in server and its heap',
      cpu: { amount: 1, of: 'its one thread' },
      memory: { amount: heapLimit, of: 'its heap limit' },
    },
    async read() {
      const { utilisation, heap } = await vitals();
      return { cpu: utilisation, memory: heap / heapLimit };
    },
  };
}
