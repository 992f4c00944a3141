import { parse as parseDotenv } from 'dotenv';
import { didYouMean } from '../../core/did-you-mean.ts';
import { usageError } from '../../core/errors.ts';
import type { Host } from '../host.ts';
import {
  type Flags,
  type GivenText,
  type OptionSpec,
  type OptionTable,
  type Values,
  variableOf,
} from '../options/option-spec.ts';
import { allOptions } from '../options/options.ts';
import { readInputFile } from './read-input-file.ts';

/** Where a value can come from, the strongest first. */
export const origins = ['flag', 'environment', '.env', 'stage', 'scenario file', 'default'] as const;
export type Origin = (typeof origins)[number];

export interface Setting<Value> {
  readonly value: Value;
  readonly from: Origin;
}

/** Whether a value comes from a stronger place than another one. */
export const isStronger = (one: { readonly from: Origin }, other: { readonly from: Origin }): boolean =>
  origins.indexOf(one.from) < origins.indexOf(other.from);

/** An option as the user knows it from the place where it was said. */
export function written(long: string, from: Origin): string {
  switch (from) {
    case 'flag':
      return `--${long}`;
    case 'environment':
      return variableOf(long);
    case '.env':
      return `${variableOf(long)} (from .env)`;
    case 'stage':
    case 'scenario file':
    case 'default':
      return `${long} (in the ${from})`;
  }
}

/** Every option of a table, settled. */
export type Settings<Table extends OptionTable> = {
  readonly [Key in keyof Table]: Setting<Values<Table>[Key]>;
};

export interface SettingSources<Table extends OptionTable> {
  readonly flags: Flags<Table>;
  /** What a scenario file says, already read. */
  readonly scenario?: Partial<Values<Table>>;
}

/** Texts that one place gives for one option. */
interface Given {
  readonly from: Origin;
  readonly texts: readonly GivenText[];
}

/** Variables of sqload that are no option of a command. */
const otherVariables = ['SQLOAD_DEBUG'];

/**
 * Settles every option of `table`: flag > environment > `.env` in the current folder > scenario file > default. The
 * strongest place that says anything decides alone, for repeatable options too; an empty variable says nothing.
 * @throws SqloadError (exit 2) for a bad value, a bad `.env`, or a variable SQLOAD_… that means nothing.
 */
export function resolveSettings<Table extends OptionTable>(
  table: Table,
  host: Host,
  sources: SettingSources<Table>,
): Settings<Table> {
  const dotenv = readDotenv(host);
  rejectUnknownVariables(host.env, 'environment');
  rejectUnknownVariables(dotenv, '.env');
  const flags: Readonly<Record<string, readonly GivenText[] | undefined>> = sources.flags;
  const scenario: Readonly<Record<string, unknown>> = sources.scenario ?? {};
  const settle = (key: string, spec: OptionSpec<unknown>): Setting<unknown> => {
    const given = strongest(spec, flags[key], host.env, dotenv);
    if (given !== null) return { value: read(spec, given), from: given.from };
    if (scenario[key] !== undefined) return { value: scenario[key], from: 'scenario file' };
    return { value: spec.fallback, from: 'default' };
  };
  return Object.fromEntries(Object.entries(table).map(([key, spec]) => [key, settle(key, spec)])) as Settings<Table>;
}

/** The raw values of secret options wherever they stand, unread: what an error report must not show. */
export function givenSecrets(host: Host): readonly string[] {
  const secrets = allOptions.filter((spec) => spec.secret);
  let dotenv: Readonly<Record<string, string>> = {};
  try {
    dotenv = readDotenv(host);
  } catch {
    // A .env that cannot be read has its own error message.
  }
  return secrets.flatMap(({ long }) => [
    ...host.argv.flatMap((word, i) => (word === `--${long}` ? (host.argv[i + 1] ?? []) : [])),
    ...host.argv.filter((word) => word.startsWith(`--${long}=`)).map((word) => word.slice(long.length + 3)),
    ...[host.env, dotenv].flatMap((variables) => variables[variableOf(long)] ?? []),
  ]);
}

function strongest(
  spec: OptionSpec<unknown>,
  flags: readonly GivenText[] | undefined,
  env: Host['env'],
  dotenv: Host['env'],
): Given | null {
  if (flags !== undefined && flags.length > 0) return { from: 'flag', texts: flags };
  const fromEnvironment = inVariables(spec, env);
  if (fromEnvironment.length > 0) return { from: 'environment', texts: fromEnvironment };
  // The convention of no-color.org: any value but an empty one.
  if (spec.long === 'no-color' && env['NO_COLOR'])
    return { from: 'environment', texts: [{ name: 'NO_COLOR', text: '1' }] };
  const fromDotenv = inVariables(spec, dotenv);
  return fromDotenv.length > 0 ? { from: '.env', texts: fromDotenv } : null;
}

function inVariables(spec: OptionSpec<unknown>, variables: Host['env']): readonly GivenText[] {
  return namesOf(spec).flatMap((name) => {
    const text = variables[variableOf(name)] ?? '';
    const texts = spec.repeatable ? text.split('\n') : [text];
    return texts.filter((part) => part.trim() !== '').map((part) => ({ name, text: part }));
  });
}

function read(spec: OptionSpec<unknown>, given: Given): unknown {
  const values = given.texts.map((one) => readOne(spec, given.from, one));
  if (spec.alias !== null) rejectTwoNames(spec, given, values);
  return spec.parse(given.texts.map(({ text }) => text));
}

/** Each text is read alone first, so that the error names the one that is wrong. */
function readOne(spec: OptionSpec<unknown>, from: Origin, given: GivenText): unknown {
  try {
    return spec.parse([given.text]);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const example = spec.exampleLike?.(given.text) ?? spec.example;
    const hint = spec.placeholder === null ? '' : `For example: ${nameIn(from, given.name)}${glue(from)}${example}`;
    throw usageError(`${asGiven(spec, from, given)} ${error.message.replace(/(?<![.?])$/, '.')}`, hint);
  }
}

function rejectTwoNames(spec: OptionSpec<unknown>, { from, texts }: Given, values: readonly unknown[]): void {
  const other = texts.findIndex(({ name }) => name !== texts[0]?.name);
  if (other < 0 || JSON.stringify(values[other]) === JSON.stringify(values[0])) return;
  const [a, b] = namesOf(spec).map((name) => nameIn(from, name));
  const where = from === '.env' ? ' in .env' : '';
  throw usageError(
    `${a} and ${b}${where} are two names for one thing and are given different values.`,
    'Give only one.',
  );
}

/** The option as the user wrote it, secrets left out: `--run-time 5x`, `SQLOAD_RUN_TIME=5x (from .env)`. */
function asGiven(spec: OptionSpec<unknown>, from: Origin, { name, text }: GivenText): string {
  const shown = spec.mask(text);
  const value = shown === null || (spec.placeholder === null && from === 'flag') ? '' : glue(from) + quoted(shown);
  return `${nameIn(from, name)}${value}${from === '.env' ? ' (from .env)' : ''}`;
}

const nameIn = (from: Origin, name: string): string => (from === 'flag' ? `--${name}` : variableOf(name));
const glue = (from: Origin): string => (from === 'flag' ? ' ' : '=');
const quoted = (text: string): string => (/^[!-~]+$/.test(text) ? text : JSON.stringify(text));
const namesOf = (spec: OptionSpec<unknown>): readonly string[] =>
  spec.alias === null ? [spec.long] : [spec.long, spec.alias];

/** A folder of this name is common (a Python environment) and is none of our business. */
function readDotenv(host: Host): Readonly<Record<string, string>> {
  if (!host.fileExists('.env')) return {};
  const text = readInputFile(host, '.env', 'the settings file');
  if (/[\0\ufffd]/.test(text)) throw usageError('The file .env is not UTF-8 text.', 'Save it as UTF-8.');
  const values = parseDotenv(text);
  // dotenv passes over what it does not understand.
  text.split('\n').forEach((line, i) => {
    const name = /^\s*(?:export\s+)?(SQLOAD_\w+)/.exec(line)?.[1];
    if (name !== undefined && !Object.hasOwn(values, name))
      throw usageError(`Cannot read .env:${i + 1}: ${name} has no value there.`, `Write it as ${name}=value.`);
  });
  return values;
}

function rejectUnknownVariables(variables: Host['env'], from: 'environment' | '.env'): void {
  const known = [...allOptions.flatMap((spec) => namesOf(spec).map(variableOf)), ...otherVariables];
  for (const name of Object.keys(variables)) {
    if (!name.startsWith('SQLOAD_') || known.includes(name)) continue;
    const near = didYouMean(
      name.slice('SQLOAD_'.length),
      known.map((variable) => variable.slice('SQLOAD_'.length)),
    );
    throw usageError(
      `${name}${from === '.env' ? ' (from .env)' : ''} is not a setting of sqload.`,
      near === null
        ? 'Every option has a variable: --run-time is SQLOAD_RUN_TIME. Take this one away or correct it.'
        : `Did you mean SQLOAD_${near}?`,
    );
  }
}
