import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capacityCommand } from '../../src/cli/commands/capacity-command.ts';
import { compareCommand } from '../../src/cli/commands/compare-command.ts';
import { mergeCommand } from '../../src/cli/commands/merge-command.ts';
import { mockCommand } from '../../src/cli/commands/mock-command.ts';
import { planCommand } from '../../src/cli/commands/plan-command.ts';
import { reportCommand } from '../../src/cli/commands/report-command.ts';
import { runCommand } from '../../src/cli/commands/run-command.ts';
import { type Machinery, realMachinery } from '../../src/cli/machinery.ts';
import { main } from '../../src/cli/main.ts';
import { startLoadThreads } from '../../src/io/load-threads.ts';
import { type RunningMockServer, startMockServer } from '../../src/io/mock-server.ts';
import { readRecord } from '../../src/io/record-store.ts';
import type { MockStats } from '../../src/mock/mock-service.ts';
import type { SecondEvent } from '../../src/record/run-event.ts';
import { fakeHost } from '../../src/testing/fake-host.ts';
import { threadOverChannel } from '../../src/testing/thread-over-channel.ts';

/** The part of summary.json that these tests look at. */
export interface Summary {
  readonly verdict: { readonly outcome: string; readonly exit_code: number };
  readonly run: {
    readonly end: string;
    readonly duration_s: number;
    readonly requests_started: number;
    readonly preflight_requests: number;
  };
  readonly total: { readonly requests: number; readonly failures: number };
  readonly failures: readonly { readonly kind: string; readonly http_status: number | null; readonly count: number }[];
  readonly connections: { readonly opened: number; readonly reused: number; readonly retried: number };
}

/** One run over real sockets and in real time, seen from outside. */
export interface RealRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** null: no folder was made. */
  readonly folder: string | null;
  /** What the built-in server saw; null where the run had a server of its own. */
  readonly server: MockStats | null;
  summary(): Summary;
  /** Requests started and answered twice, second by second. */
  seconds(): readonly SecondEvent[];
}

/** Runs a command in this process with the real clock and transport; the built-in server and the load are played in this thread. */
export async function realRun(argv: readonly string[], machinery: Partial<Machinery> = {}): Promise<RealRun> {
  const out = mkdtempSync(join(tmpdir(), 'sqload-e2e-'));
  folders.push(out);
  let builtIn: RunningMockServer | null = null;
  const host = fakeHost({ argv: [...argv, '--seed', '1', '--out', out] });
  const real: Machinery = {
    ...realMachinery,
    prepareLoad: (order) => startLoadThreads(order, threadOverChannel),
    async startBuiltIn(options) {
      builtIn = await startMockServer(options);
      return builtIn;
    },
    ...machinery,
  };
  const code = await main(host, {
    run: (each, input) => runCommand(each, input, real),
    capacity: (each, input) => capacityCommand(each, input, real),
    plan: planCommand,
    mock: mockCommand,
    report: reportCommand,
    merge: mergeCommand,
    compare: compareCommand,
  });
  const server = builtIn === null ? null : await (builtIn as RunningMockServer).stats();
  const made = readdirSync(out).find((name) => name !== 'history.csv');
  const folder = made === undefined ? null : join(out, made);
  return { code, ...host.written, folder, server, ...readers(folder ?? out) };
}

const folders: string[] = [];

/** Removes the folders of all runs: for `afterAll`. */
export function removeRuns(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Reads what a run left in its folder. */
export function readers(folder: string): Pick<RealRun, 'summary' | 'seconds'> {
  return {
    summary() {
      const path = join(folder, 'summary.json');
      if (!existsSync(path)) throw new Error(`There is no ${path}: the run ended before its reports.`);
      return JSON.parse(readFileSync(path, 'utf8'));
    },
    seconds: () => [...readRecord(folder).events()].filter((event) => event.kind === 'second'),
  };
}

/** Requests that reached the load's handlers. */
export const received = ({ requests }: MockStats): number =>
  Object.values(requests).reduce((sum, count) => sum + count, 0);
