import { seededRandom } from '../../core/random.ts';
import { createRedactor } from '../../core/redactor.ts';
import { type Misfit, preflight } from '../../engine/preflight.ts';
import type { DialectPlan } from '../../protocol/dialect-plan.ts';
import type { Machinery } from '../machinery.ts';
import type { DialectSettings } from '../settings/dialect-settings.ts';
import type { SettledRun } from '../settings/settle-run.ts';
import { askTarget } from './ask-target.ts';
import { adviceFor, endpointIn, mayBeForeign, toolAdvice } from './dialect-advice.ts';
import { misfitError } from './preflight-trouble.ts';
import type { Target } from './target.ts';

/**
 * Tries whether the server answers as the run expects it to. @returns how many requests that took.
 * @throws SqloadError (exit 5) when it does not, with what it speaks instead, as far as that can be told.
 */
export async function tryServer(run: SettledRun, target: Target, machinery: Machinery): Promise<number> {
  return askTarget(target, machinery, async (world) => {
    const plan = target.preflightPlan(run.plan);
    const random = seededRandom(run.seed);
    const { requests, misfit } = await preflight(plan, { ...world, random });
    if (misfit === null) return requests;
    const redact = createRedactor(plan.secrets);
    const advice =
      otherTools(misfit, plan.dialect, run.settings) ??
      (mayBeForeign(misfit, plan.dialect)
        ? ((await adviceFor(plan.dialect, run.settings, world, plan.timeout)) ?? endpointIn(plan.dialect))
        : null);
    const server = { address: target.address, dialect: plan.dialect };
    // The names of tools are of the server.
    throw misfitError(misfit, server, redact, advice === null ? null : redact(advice));
  });
}

/** The server speaks the protocol, but has other tools than the one that was called. */
const otherTools = ({ tools, asked }: Misfit, dialect: DialectPlan, said: DialectSettings): string | null =>
  tools === null || asked === 'tools' || !('tools' in dialect)
    ? null
    : toolAdvice({ plan: dialect, names: tools }, dialect, said);
