import { resolve } from 'node:path';
import { realMachinery } from '../machinery.ts';
import { ownProcess } from '../node-host.ts';
import { readForeign } from '../run/read-run.ts';
import { type RunReport, runReport } from '../run/run-report.ts';
import { type ComparedSources, type CompareRequest, type ComparisonReport, compareSources } from './library-compare.ts';
import { type Run, type RunRequest, startRun } from './library-run.ts';

/**
 * Starts a run: `sqload run` as a function.
 *
 *     import { run } from 'sqload';
 *
 *     const load = run({ scenario: 'spike', users: 20, runTime: '5s', think: '100ms' });
 *     for await (const event of load)
 *       if (event.kind === 'second') console.log(`second ${event.second}: ${event.requests} requests`);
 *     const { verdict, exitCode } = await load.result;
 *     console.log(`${exitCode}: ${verdict.sentence}`);
 *
 * With `host` it tests a server of yours, without it the built-in one.
 * The load is played by threads of its own. It writes to no stream, installs no signal handler, never ends the process, reads
 * no variable and no `.env` (unless `environment` is true), and writes no file (unless `out` or `csv` is given).
 */
export const run = (request: RunRequest): Run => startRun(request, ownProcess(), realMachinery);

/**
 * Reads an earlier run again from its folder or its record.
 *
 *     import { report, run } from 'sqload';
 *
 *     const { folder } = await run({ scenario: 'sustained', users: 10, runTime: '4s', think: '50ms', out: 'reports' }).result;
 *     const { summary, text } = report(folder);
 *     console.log(summary.total.requests, summary.total.ok.p95);
 *     console.log(text({ width: 80 }));
 *
 * @throws SqloadError (exit code 2) when there is no readable record.
 */
export const report = (path: string): RunReport => runReport(readForeign(resolve(path), path));

/**
 * Compares a candidate with a baseline: `sqload compare` as a function.
 *
 *     import { compare, run } from 'sqload';
 *
 *     const play = async (seed, mockLatency) =>
 *       (await run({ scenario: 'sustained', users: 10, runTime: '4s', think: '50ms', seed, mockLatency }).result).record;
 *     const { comparison, text } = compare(await play(1, '5ms'), await play(2, '20ms'), { allowDifferent: true });
 *     console.log(comparison.outcome, text());
 *
 * @throws SqloadError (exit code 2) when a run cannot be read, or the runs are not comparable.
 */
export const compare = (
  baseline: ComparedSources,
  candidate: ComparedSources,
  request: CompareRequest = {},
): ComparisonReport => compareSources(baseline, candidate, request, ownProcess().cwd);
