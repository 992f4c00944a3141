import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../planted-tree.ts';
import { cleanUp, emptyFolder, needsBuild, runFolderIn, sqload } from './child.ts';
import { readers } from './real-run.ts';

beforeAll(needsBuild);
afterAll(cleanUp);

const load = ['sustained', '-u', '6', '-r', '100/s', '-t', '4s', '--think', '50ms', '--mock-latency', '5ms'];
/** What a busy machine does to the numbers is not what these tests are about. */
const judged = [...load, '--no-default-thresholds', '--threshold', 'p95<2s', '--allow-saturated'];

async function played(hooks: string, ...flags: readonly string[]) {
  const out = emptyFolder();
  const file = join(emptyFolder(), 'hooks.mjs');
  writeFileSync(file, hooks);
  const { code, stdout, stderr } = await sqload([...judged, '--hooks', file, '--out', out, ...flags]).ended;
  return { code, stdout, stderr, folder: code === 2 ? '' : runFolderIn(out) };
}

const exceptionsOf = (folder: string): string => readFileSync(join(folder, 'exceptions.csv'), 'utf8');

describe('sqload --hooks with real threads', { timeout: 60_000 }, () => {
  test("examples/hooks.mjs, the guide's event hooks, works as it says", async () => {
    const out = emptyFolder();
    const example = join(root, 'examples', 'hooks.mjs');
    const words = [...judged, '--mock-fault', '500:20%', '--hooks', example, '--out', out, '--workers', '2'];
    const { stdout, code } = await sqload([...words, '--threshold', 'custom.failures.count>=1']).ended;
    expect(stdout).toMatch(/^A new test is starting: sustained against http:\/\/127\.0\.0\.1:\d+\n/);
    const { total, custom } = readers(runFolderIn(out)).summary() as unknown as {
      total: { failures: number };
      custom: { counters: unknown };
    };
    const lines = stdout.match(/^Request .* failed with exception: Internal Server Error$/gm) ?? [];
    expect(lines).toHaveLength(total.failures);
    expect(total.failures).toBeGreaterThan(10);
    expect(custom.counters).toEqual([{ name: 'failures', sum: total.failures }]);
    expect(stdout).toContain('\nTell the team: Failed: ');
    expect(code).toBe(1);
  });

  test('a hook that calls process.exit() ends its thread, and neither the run nor its verdict', async () => {
    const { code, folder, stderr } = await played(`
export function second({ second }) { if (second === 1) process.exit(0); }
export function verdict() { console.log('not reached'); }`);
    expect(code).toBe(0);
    expect(exceptionsOf(folder)).toContain('hook second ended the thread of the hooks: it left with exit code 0');
    expect(stderr).toContain(
      'sqload: The hook verdict was not called: the thread of the hooks had ended.\n  That came after',
    );
  });

  test.each([
    [
      'verdict() { while (true) {} }',
      'The hook verdict kept its thread busy for 5 s after the end: the thread was ended.',
    ],
    ['async verdict() { await new Promise(() => {}); }', 'The hook verdict had not settled 5 s after the end.'],
    ['verdict() { throw new Error("no webhook"); }', 'The hook verdict threw Error: no webhook.'],
  ])('the hook %s is told, and the exit code is that of the verdict', async (hook, told) => {
    const { code, stdout, stderr } = await played(`console.log('loaded'); export default { ${hook} };`);
    expect(stderr).toContain(`sqload: ${told}\n  That came after the verdict`);
    expect(stdout).toMatch(/^loaded\n[\s\S]*\nPassed: /);
    expect(code).toBe(0);
  });

  test('a hook that never comes back is told in the reports, and costs the run 5 s at its end', async () => {
    const { code, folder, stdout } = await played(
      'export function second({ second }) { if (second === 1) while (true) {} }',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('- The hook second kept its thread busy for 5 s after the end: the thread was ended.');
    expect(exceptionsOf(folder)).toContain('hook second kept its thread busy for 5 s after the end');
  });

  test('a hook that blocks its thread for seconds does not slow the load', async () => {
    const { code, folder, stderr } = await played(`
export function second({ second }) {
  if (second === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
}`);
    expect(stderr).not.toContain('bug');
    expect(code).toBe(0);
    const seconds = readers(folder)
      .seconds()
      .filter(({ second }) => second < 4);
    expect(seconds).toHaveLength(4);
    // 6 users with 55 ms a round offer 109 a second; one that stood still for 1.5 s would have none.
    for (const { started } of seconds.slice(1)) expect(started).toBeGreaterThan(50);
    expect(exceptionsOf(folder)).toContain('1,hook second blocked for more than 100 ms,,local');
  });

  test('what a hook throws later, where nobody catches it, does not end the run', async () => {
    const { code, folder, stderr } = await played(`
export function testStart() {
  setTimeout(() => { throw new Error('in a timer'); }, 500);
  Promise.resolve().then(() => { throw new Error('in a promise'); });
}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('bug') });
    expect(exceptionsOf(folder)).toContain('hook of the file threw Error: in a timer');
    expect(exceptionsOf(folder)).toContain('hook of the file threw Error: in a promise');
  });

  test('a TypeScript file is loaded where Node runs it, and refused clearly elsewhere', async () => {
    const file = join(emptyFolder(), 'hooks.ts');
    writeFileSync(
      file,
      'export const testStart = (event: { target: string }): void => console.log("typed", event.target);\n',
    );
    const out = emptyFolder();
    const { code, stdout, stderr } = await sqload([...judged, '--hooks', file, '--out', out]).ended;
    const { typescript } = process.features as { typescript?: false | string };
    if (typescript) expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('typed http://') });
    else {
      expect(code).toBe(2);
      expect(stderr).toContain('this Node does not run TypeScript');
    }
  });
});
