import { capacityTrials } from './capacity-trials.ts';
import type { Trial } from './trial.ts';

/** Every trial that `npm run bench:analysis` plays, in the order of its table. */
export const allTrials: readonly Trial[] = [...capacityTrials];
