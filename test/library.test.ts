import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type InstalledProject, installedProject } from './installed-project.ts';

let project: InstalledProject;
beforeAll(() => {
  project = installedProject();
});
afterAll(() => project.remove());

const node = (...args: readonly string[]) => project.node(...args);

describe('the package, imported by its name', { timeout: 60_000 }, () => {
  test('examples/library.mjs plays a run, hears its seconds, and compares thresholds', () => {
    const { status, stdout, stderr } = node('examples/library.mjs');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^second 0: 10 users, 0 failed\nsecond 1: /);
    expect(stdout).toContain('passed 0\np95<1s passed\ncount>=1000000 inconclusive\n');
    expect(status).toBe(0);
  });

  test('examples/stop-early.mjs stops a run of an hour', () => {
    const { status, stdout, stderr } = node('examples/stop-early.mjs');
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'interrupted 130\n', stderr: '' });
  });

  test('leaves the process as it was: no signal handler, no variable, nothing that keeps it alive', () => {
    writeFileSync(
      join(project.folder, 'quiet.mjs'),
      `import { run, report, SqloadError } from 'sqload';
import { startMockServer } from 'sqload/mock';
const before = JSON.stringify([process.eventNames(), process.env, process.exitCode]);
const server = await startMockServer({ latency: '1ms' });
const during = [];
const load = run({ scenario: 'spike', host: server.address, users: 2, runTime: '2s', think: '20ms', out: 'out' });
for await (const { kind } of load) if (kind === 'second') during.push(process.listenerCount('SIGINT') + process.listenerCount('SIGTERM'));
const { folder, verdict } = await load.result;
await server.close();
const wrong = await run({ scenario: 'spike', users: 'many' }).result.catch((error) => error);
console.log(JSON.stringify({
  same: JSON.stringify([process.eventNames(), process.env, process.exitCode]) === before,
  handlers: Math.max(...during),
  again: report(folder).verdict.sentence === verdict.sentence,
  wrong: [wrong instanceof SqloadError, wrong.exitCode],
}));
`,
    );
    const { stdout, stderr } = node('quiet.mjs');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ same: true, handlers: 0, again: true, wrong: [true, 2] });
  });

  test('has types, which know the options and the events', () => {
    writeFileSync(
      join(project.folder, 'typed.ts'),
      `import { type Hooks, type LiveEvent, run, type RunResult } from 'sqload';
export const hooks: Hooks = {
  requestFailed: ({ name, responseTime }, { timing }) => timing(name).record(responseTime),
  // @ts-expect-error: a phase has no percentile
  phase: ({ p95 }) => p95,
};
const load = run({ scenario: 'spike', users: 5, think: '1s-2s', mix: { initial: 1 } });
export async function p95(): Promise<number | null> {
  for await (const event of load) if (event.kind === 'second') return event.p95;
  return null;
}
export const result: Promise<RunResult> = load.result;
export const kind = (event: LiveEvent): string => event.kind;
// @ts-expect-error: there is no such option
run({ scenario: 'spike', userz: 5 });
// @ts-expect-error: a stage of another name
run({ scenario: 'spike', stage: 'production' });
run({ scenario: 'spike', monitors: ['port:8000'], cpuLimit: 2, memoryLimit: '2GiB' });
// @ts-expect-error: a list, as the option may be repeated
run({ scenario: 'spike', monitors: 'port:8000' });
`,
    );
    const config = { strict: true, module: 'NodeNext', target: 'ES2023', noEmit: true, types: ['node'] };
    writeFileSync(
      join(project.folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: config, files: ['typed.ts'] }),
    );
    expect(node('node_modules/typescript/bin/tsc', '-p', '.').stdout).toBe('');
  });
});
