import type { World } from '../../engine/world.ts';
import type { Machinery } from '../machinery.ts';
import type { Target } from './target.ts';

/** Connects to the target outside of the load, for as long as `use` takes. */
export async function askTarget<Result>(
  target: Target,
  machinery: Machinery,
  use: (world: Pick<World, 'clock' | 'transport'>) => Promise<Result>,
): Promise<Result> {
  const clock = machinery.clock();
  const transport = machinery.connect({ ...target.transport, clock });
  try {
    return await use({ clock, transport });
  } finally {
    await transport.close();
  }
}
