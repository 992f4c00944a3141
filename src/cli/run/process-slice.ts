import { usageError } from '../../core/errors.ts';
import { type Slice, wholeRun } from '../../workload/slice.ts';
import { showSlice } from '../options/slice-text.ts';
import type { RunSettings } from '../settings/run-settings.ts';

/**
 * The share of the run that this process plays.
 * @throws SqloadError (exit 2) for a share of a run that others cannot play the rest of.
 */
export function processSlice({ slice, seed, host }: RunSettings): Slice {
  if (slice.value === null) return wholeRun;
  if (slice.value.count === 1) return slice.value;
  const asked = `--slice ${showSlice(slice.value)}`;
  if (host.value === null)
    throw usageError(
      `${asked} makes no sense with the built-in server: each process would test a server of its own.`,
      'Give the server that all slices test with --host.',
    );
  if (seed.value === null)
    throw usageError(
      `${asked} needs a --seed: only slices of the same seed fit together to one run.`,
      'Give every slice the same one, for example --seed 42.',
    );
  return slice.value;
}
