import { describeMonitor, type NamedMonitor } from '../../monitor/monitor-source.ts';
import { httpSampler } from './http-sampler.ts';
import { processSampler } from './process-sampler.ts';
import type { Sampler, SamplerOptions } from './sampler.ts';

/**
 * Reads a source once, and then whenever it is asked.
 * @throws SqloadError with exit code 2 when it cannot be read, or measures nothing.
 */
export async function openSampler({ name, source }: NamedMonitor, options: SamplerOptions): Promise<Sampler> {
  const { words } = describeMonitor(source);
  switch (source.kind) {
    case 'pid':
    case 'port':
      return processSampler(source, { name, words }, options.limits);
    default:
      return httpSampler(name, source, options);
  }
}
