import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkHooks, loadHooks } from './load-hooks.ts';

const folder = mkdtempSync(join(tmpdir(), 'sqload-hooks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** Loads a file of this text. */
function load(text: string, ending = 'mjs') {
  const path = join(folder, `hooks-${files++}.${ending}`);
  writeFileSync(path, text);
  return loadHooks(path, `./hooks.${ending}`);
}

test('loadHooks() takes exports, or a default object, or both', async () => {
  const named = await load('export function testStart() { return 1; }\nexport const helper = () => 2;\n');
  expect(Object.keys(named)).toEqual(['testStart']);
  const whole = await load('export default { second() {}, verdict: async () => {} };\n');
  expect(Object.keys(whole)).toEqual(['second', 'verdict']);
  const common = await load('module.exports = { phase() {} };\n', 'cjs');
  expect(Object.keys(common)).toEqual(['phase']);
});

test.each([
  ['export const x = 1;\n', 'There is no hook in ./hooks.mjs.', 'Export functions called testStart, phase'],
  ['export function testStrat() {}\n', 'There is no hook "testStrat"', 'Did you mean testStart?'],
  ['export function on_request_failure() {}\n', 'no hook "on_request_failure"', 'Did you mean requestFailed?'],
  ['export const second = 5;\n', 'The hook second of ./hooks.mjs is not a function.', 'There are testStart'],
  ['export function {\n', 'Cannot load the hooks "./hooks.mjs": ', 'before anything is sent'],
  ['throw new Error("out of luck");\n', 'Cannot load the hooks "./hooks.mjs": Error: out of luck', ''],
  ['import "./not-there.mjs";\nexport function second() {}\n', 'Cannot load the hooks', ''],
])('loadHooks() refuses %j before anything is sent', async (text, message, hint) => {
  await expect(load(text)).rejects.toMatchObject({
    name: 'SqloadError',
    exitCode: 2,
    message: expect.stringContaining(message),
    hint: expect.stringContaining(hint),
  });
});

test('loadHooks() says when there is no such file', async () => {
  await expect(loadHooks(join(folder, 'none.mjs'), 'none.mjs')).rejects.toThrow('there is no such file');
});

test('loadHooks() says when it is a folder', async () => {
  await expect(loadHooks(folder, './hooks')).rejects.toThrow('Cannot read the hooks "./hooks": it is a folder.');
});

test('checkHooks() passes over what is undefined', () => {
  const second = (): void => {};
  expect(checkHooks({ second, phase: undefined }, 'the option hooks')).toEqual({ second });
});
