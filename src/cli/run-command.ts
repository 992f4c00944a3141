import { resolve } from 'node:path';
import { type ExitCode, exitCodes } from '../core/errors.ts';
import { checkWritable } from '../io/run-folder.ts';
import { folderOfPrefix } from './deliver-reports.ts';
import { deliverRun } from './deliver-run.ts';
import type { Host } from './host.ts';
import { type Machinery, realMachinery } from './machinery.ts';
import { performRun } from './perform-run.ts';
import { renderConfig } from './print-config.ts';
import { keepInFolder } from './record-keeper.ts';
import { followerOf } from './run-follower.ts';
import type { RunInput } from './run-options.ts';
import { runOptions } from './run-options.ts';
import { settleRun } from './settle-run.ts';

/** Runs a scenario: load, record, reports, verdict. */
export async function runCommand(host: Host, input: RunInput, machinery: Machinery = realMachinery): Promise<ExitCode> {
  const settled = settleRun(host, input);
  const { settings } = settled;
  if (settings.printConfig.value) {
    host.stdout.write(renderConfig(runOptions, settings));
    return exitCodes.passed;
  }
  const out = resolve(host.cwd, settings.out.value);
  const prefix = settings.csv.value === null ? null : resolve(host.cwd, settings.csv.value);
  const follower = await followerOf(settled, { host, machinery, listeners: {} });
  const performed = await performRun(settled, {
    host,
    machinery,
    keepRecord: keepInFolder(out),
    checkPlaces: () => {
      checkWritable(out);
      if (prefix !== null) checkWritable(folderOfPrefix(host, prefix), '--csv');
    },
    follower,
  });
  if (typeof performed === 'number') return performed;
  const { keeper, trouble } = performed;
  return deliverRun(host, settings, { folder: keeper.folder ?? out, prefix, trouble, follower });
}
