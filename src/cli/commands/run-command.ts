import { resolve } from 'node:path';
import { type ExitCode, exitCodes } from '../../core/errors.ts';
import { checkWritable } from '../../io/run-folder.ts';
import type { Host } from '../host.ts';
import { type Machinery, realMachinery } from '../machinery.ts';
import type { RunInput } from '../options/run-options.ts';
import { runOptions } from '../options/run-options.ts';
import { checkHistory } from '../run/add-to-history.ts';
import { folderOfPrefix } from '../run/deliver-reports.ts';
import { deliverRun } from '../run/deliver-run.ts';
import { performRun } from '../run/perform-run.ts';
import { keepInFolder } from '../run/record-keeper.ts';
import { followerOf } from '../run/run-follower.ts';
import { renderConfig } from '../settings/print-config.ts';
import { settleRun } from '../settings/settle-run.ts';

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
  const follower = await followerOf(settled, { host, machinery });
  try {
    const performed = await performRun(settled, {
      host,
      machinery,
      keepRecord: keepInFolder(out),
      checkPlaces: () => {
        checkWritable(out);
        checkHistory(out);
        if (prefix !== null) checkWritable(folderOfPrefix(host, prefix), '--csv');
      },
      follower,
    });
    if (typeof performed === 'number') return performed;
    const { keeper, trouble } = performed;
    return await deliverRun(host, settings, { folder: keeper.folder ?? out, prefix, trouble, follower });
  } finally {
    await follower.close();
  }
}
