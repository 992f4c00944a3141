import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { didYouMean } from '../core/did-you-mean.ts';
import { type SqloadError, usageError } from '../core/errors.ts';
import { type HookName, type Hooks, hookNames } from './hooks.ts';

/** What Locust calls them. */
const inLocust: ReadonlyMap<string, HookName> = new Map([
  ['test_start', 'testStart'],
  ['test_stop', 'testStop'],
  ['request_failure', 'requestFailed'],
  ['request', 'requestFailed'],
  ['quitting', 'verdict'],
]);

/**
 * Loads the hooks of a file: its exports of these names, or those of its default export. `shown` is the path as the user gave it.
 * @throws SqloadError (usage) when it cannot be loaded, or has no hook, or one whose name is misspelt.
 */
export async function loadHooks(path: string, shown: string): Promise<Hooks> {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory())
    throw usageError(`Cannot read the hooks "${shown}": it is a folder.`, 'Give the path of a JavaScript file.');
  if (!there?.isFile())
    throw usageError(`Cannot read the hooks "${shown}": there is no such file.`, 'Give the path of a JavaScript file.');
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = await import(pathToFileURL(path).href);
  } catch (error) {
    throw notLoaded(error, shown);
  }
  const whole = exports['default'];
  return checkHooks({ ...(isObject(whole) ? whole : {}), ...withoutDefault(exports) }, shown);
}

/**
 * The hooks among the properties of an object. `source`: what it is called.
 * @throws SqloadError (usage) when there is none, or one whose name is misspelt, or one that is no function.
 */
export function checkHooks(given: Readonly<Record<string, unknown>>, source: string): Hooks {
  for (const [name, value] of Object.entries(given)) {
    if (isHookName(name)) {
      if (value !== undefined && typeof value !== 'function')
        throw usageError(`The hook ${name} of ${source} is not a function.`, `There are ${hookNames.join(', ')}.`);
      continue;
    }
    const meant = typeof value === 'function' ? (fromLocust(name) ?? didYouMean(name, hookNames)) : null;
    if (meant !== null) throw usageError(`There is no hook "${name}", which ${source} has.`, `Did you mean ${meant}?`);
  }
  const hooks = Object.fromEntries(hookNames.flatMap((name) => (given[name] ? [[name, given[name]]] : [])));
  if (Object.keys(hooks).length === 0)
    throw usageError(`There is no hook in ${source}.`, `Export functions called ${hookNames.join(', ')}.`);
  return hooks;
}

const isHookName = (name: string): name is HookName => hookNames.some((known) => known === name);
const fromLocust = (name: string): HookName | null => inLocust.get(name.replace(/^on_/, '')) ?? null;
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function withoutDefault({
  default: _,
  ...named
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return named;
}

function notLoaded(error: unknown, shown: string): SqloadError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[cm]?ts$/.test(shown))
    return usageError(
      `Cannot load the hooks "${shown}": this Node does not run TypeScript.`,
      'Node does from 22.18 on; or compile the file, or write it in JavaScript with types in comments.',
    );
  const what = error instanceof Error ? `${error.name}: ${error.message.split('\n')[0] ?? ''}` : String(error);
  return usageError(
    `Cannot load the hooks "${shown}": ${what}`,
    code === 'ERR_UNKNOWN_FILE_EXTENSION'
      ? 'Give a JavaScript file: .mjs, .js or .cjs.'
      : 'It is loaded as a module of JavaScript before anything is sent.',
  );
}
