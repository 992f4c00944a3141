import { didYouMean } from '../../core/did-you-mean.ts';
import { usageError } from '../../core/errors.ts';
import type { OptionSpec } from '../options/option-spec.ts';
import { type RunFlags, runOptions } from '../options/run-options.ts';
import type { LoadSettings } from './load-settings.ts';

/**
 * What a program says, as if it stood on the command line, so that both are read by one grammar.
 * @throws SqloadError (exit 2) for an option that there is not, or a value of a kind that none has.
 */
export function settingsAsFlags(settings: LoadSettings): RunFlags {
  const table: Readonly<Record<string, OptionSpec<unknown> | undefined>> = runOptions;
  const flags = Object.entries(settings).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const spec = Object.hasOwn(table, key) ? table[key] : undefined;
    if (spec === undefined) throw unknownOption(key);
    return [[key, textsOf(key, spec, value).map((text) => ({ name: spec.long, text }))] as const];
  });
  return Object.fromEntries(flags);
}

function unknownOption(key: string) {
  const near = didYouMean(key, Object.keys(runOptions));
  return usageError(
    `There is no option "${key}".`,
    near === null
      ? 'Options are called as on the command line, in camelCase: --run-time is runTime.'
      : `Did you mean ${near}?`,
  );
}

function textsOf(key: string, spec: OptionSpec<unknown>, value: unknown): readonly string[] {
  const refuse = (must: string) => usageError(`The option ${key} ${must}.`);
  if (spec.placeholder === null) {
    if (typeof value !== 'boolean') throw refuse('must be true or false');
    // `no-preflight` is given to make preflight false.
    return [String(value !== spec.long.startsWith('no-'))];
  }
  if (spec.repeatable) {
    const list = isRecord(value) ? Object.entries(value).map(([name, text]) => `${name}: ${text}`) : value;
    if (!Array.isArray(list) || !list.every((item) => typeof item === 'string'))
      throw refuse('must be a list of texts');
    return list;
  }
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw refuse('is no valid date');
    return [value.toISOString()];
  }
  if (!isRecord(value) || Object.keys(value).length === 0) throw refuse('must be a text or a number');
  if (key === 'toolArguments') return [JSON.stringify(value)];
  return [
    Object.entries(value)
      .flatMap(([name, text]) => (text === undefined ? [] : [`${name}=${text}`]))
      .join(','),
  ];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
