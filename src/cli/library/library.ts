import { resolve } from 'node:path';
import { realMachinery } from '../machinery.ts';
import { ownProcess } from '../node-host.ts';
import { readForeign } from '../run/read-run.ts';
import { type RunReport, runReport } from '../run/run-report.ts';
import { type Run, type RunRequest, startRun } from './library-run.ts';

/**
 * Starts a run: `sqload run` as a function.
 *
 *     const load = run({ scenario: 'spike', host: 'http://localhost:8000', users: 200, runTime: '60s' });
 *     for await (const event of load) if (event.kind === 'second') console.log(event.second, event.p95);
 *     const { verdict } = await load.result;
 *
 * The load is played by threads of its own. It writes to no stream, installs no signal handler, never ends the process, reads
 * no variable and no `.env` (unless `environment` is true), and writes no file (unless `out` or `csv` is given).
 */
export const run = (request: RunRequest): Run => startRun(request, ownProcess(), realMachinery);

/**
 * Reads an earlier run again from its folder or its record.
 * @throws SqloadError (exit code 2) when there is no readable record.
 */
export const report = (path: string): RunReport => runReport(readForeign(resolve(path), path));
