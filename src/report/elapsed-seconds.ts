import type { RunFold } from '../record/fold.ts';

/** From the start of the run to the end of its last request, in seconds; whole seconds where the record was cut short. */
export const elapsedSeconds = (fold: RunFold): number => (fold.end ? fold.end.at / 1000 : fold.seconds);
