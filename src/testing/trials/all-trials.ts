import { breakingTrials } from './breaking-trials.ts';
import type { Trial } from './trial.ts';

/** Every trial that `npm run bench:analysis` plays, in the order of its table. */
export const allTrials: readonly Trial[] = [...breakingTrials];
