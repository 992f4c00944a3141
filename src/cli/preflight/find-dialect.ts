import { exitCodes, SqloadError } from '../../core/errors.ts';
import { createRedactor } from '../../core/redactor.ts';
import { earlier } from '../../core/units.ts';
import { promptly } from '../../engine/caller.ts';
import type { Misfit } from '../../engine/preflight.ts';
import { recognise } from '../../engine/recognise.ts';
import type { DialectPlan } from '../../protocol/dialect-plan.ts';
import type { Machinery } from '../machinery.ts';
import type { SettledRun } from '../settings/settle-run.ts';
import { askTarget } from './ask-target.ts';
import { notRecognised } from './dialect-advice.ts';
import { misfitError } from './preflight-trouble.ts';
import type { Target } from './target.ts';

/** What came of asking the server for its dialect. */
export interface Found {
  /** The run in that dialect. */
  readonly run: SettledRun;
  /** null: there was nothing to ask. */
  readonly dialect: DialectPlan | null;
  readonly requests: number;
}

/**
 * Asks the server for what is `auto`.
 * @throws SqloadError (exit 5) when it speaks nothing that can be recognised, or cannot be asked; (exit 2) when the mix has what
 * its dialect does not know.
 */
export async function findDialect(run: SettledRun, target: Target, machinery: Machinery): Promise<Found> {
  const { candidates } = run;
  const last = candidates.at(-1);
  if (last === undefined) return { run, dialect: null, requests: 0 };
  return askTarget(target, machinery, async (world) => {
    const marked = candidates.map((dialect) => markedDialect(run, target, dialect));
    const { plan, tools, refused, broken, requests } = await recognise(marked, world, run.plan.timeout);
    const any = run.settings.dialect.value === 'auto';
    // Which tools a server of MCP has is found out by the preflight, or in the load.
    const found = plan ?? (any ? null : (tools?.plan ?? null));
    const dialect = found === null ? undefined : candidates[marked.indexOf(found)];
    if (dialect !== undefined) return { run: run.inDialect(dialect), dialect, requests };
    const trouble = refused ?? (any ? broken : null);
    if (trouble !== null && tools === null) throw refusedError(trouble, run, target);
    // The preflight says more about a server that speaks MCP in none of its revisions.
    if (!any && run.settings.preflight.value) return { run: run.inDialect(last), dialect: null, requests };
    const { message, hint } = notRecognised(run.plan.dialect, run.settings, tools);
    throw new SqloadError(`${target.address} ${message}`, {
      exitCode: exitCodes.unreachable,
      hint: createRedactor(run.plan.secrets)(hint),
    });
  });
}

function refusedError(failed: Misfit['failed'], run: SettledRun, target: Target): SqloadError {
  const [dialect = run.plan.dialect] = run.candidates;
  const path = dialect.basePath + ('paths' in dialect ? dialect.paths.initial : 'path' in dialect ? dialect.path : '');
  const limit = earlier(promptly, run.plan.timeout);
  const misfit: Misfit = { asked: 'question', request: { method: 'POST', path }, failed, tools: null, limit };
  return misfitError(misfit, { address: target.address, dialect }, createRedactor(run.plan.secrets), null);
}

const markedDialect = (run: SettledRun, target: Target, dialect: DialectPlan): DialectPlan =>
  target.preflightPlan({ ...run.plan, dialect }).dialect;
