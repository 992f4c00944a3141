import { type ExitCode, exitCodes } from '../../core/errors.ts';
import { conversationSurvival } from '../../protocol/expected-requests.ts';
import type { RecordHeader } from '../../record/record.ts';
import { renderPlan } from '../../report/plan-report.ts';
import { outlook } from '../../verdict/outlook.ts';
import type { Host } from '../host.ts';
import { showAddress } from '../options/address.ts';
import type { RunInput } from '../options/run-options.ts';
import { runOptions } from '../options/run-options.ts';
import { describeBuiltIn } from '../preflight/target.ts';
import { renderConfig } from '../settings/print-config.ts';
import { settleRun } from '../settings/settle-run.ts';

/** Shows what a run would do and what it could decide. Sends nothing and writes no file. */
export async function planCommand(host: Host, input: RunInput): Promise<ExitCode> {
  const { settings, facts, plan } = settleRun(host, input);
  if (settings.printConfig.value) {
    host.stdout.write(renderConfig(runOptions, settings));
    return exitCodes.passed;
  }
  const address = settings.host.value;
  const header: RecordHeader = {
    ...facts,
    startedAt: '',
    target:
      address === null
        ? { address: 'the built-in server', builtIn: describeBuiltIn(settings) }
        : { address: showAddress(address), builtIn: null },
    preflight: { requests: 0 },
    slices: { count: 1, parts: [] },
  };
  host.stdout.write(renderPlan(header, outlook(header), conversationSurvival(plan.flow)));
  return exitCodes.passed;
}
