import { breakingTrials } from './breaking-trials.ts';
import { capacityTrials } from './capacity-trials.ts';
import { compareTrials } from './compare-trials.ts';
import { diagnosisTrials } from './diagnosis-trials.ts';
import { driftTrials } from './drift-trials.ts';
import { occasionalTrials } from './occasional-trials.ts';
import { recoveryTrials } from './recovery-trials.ts';
import type { Trial } from './trial.ts';
import { wholeTrials } from './whole-trials.ts';

/** Every trial that `npm run bench:analysis` plays, in the order of its table. */
export const allTrials: readonly Trial[] = [
  ...wholeTrials,
  ...breakingTrials,
  ...occasionalTrials,
  ...capacityTrials,
  ...driftTrials,
  ...recoveryTrials,
  ...diagnosisTrials,
  ...compareTrials,
];
