import { didYouMean } from '../core/did-you-mean.ts';
import { type SqloadError, usageError } from '../core/errors.ts';
import { capacityOptions } from './options/capacity-options.ts';
import { compareOptions } from './options/compare-options.ts';
import { mockOptions } from './options/mock-options.ts';
import type { OptionTable } from './options/option-spec.ts';
import { allOptions, mergeOptions, reportOptions } from './options/options.ts';
import { runOptions } from './options/run-options.ts';

/** What can be asked for, for hints. */
export const commandNames = [
  'ramp',
  'sustained',
  'spike',
  'run',
  'capacity',
  'plan',
  'mock',
  'report',
  'merge',
  'compare',
  'help',
] as const;

/** As commander tells that a command line makes no sense. */
interface ParserError {
  readonly code: string;
  readonly message: string;
}

/** What commander found wrong, as one sentence and a hint. */
export function inOurWords(error: ParserError, command: string): SqloadError {
  const help = `"${command} --help" lists what there is.`;
  const [sentence = ''] = error.message.replace(/^error: /, '').split('\n');
  const word = /'([^']*)'?/.exec(sentence)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownOption':
      return unknownOption(word, command, help);
    case 'commander.unknownCommand': {
      const near = didYouMean(word, commandNames);
      return usageError(`There is no command "${word}".`, near === null ? help : `Did you mean "sqload ${near}"?`);
    }
    case 'commander.optionMissingArgument':
      return usageError(`The option ${word} needs a value.`, help);
    case 'commander.missingArgument':
      return usageError(`"${command}" needs a <${word}>.`, help);
    case 'commander.excessArguments':
      return usageError(`Too many words after "${command}".`, `Every option begins with a dash. ${help}`);
    default:
      return usageError(`${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`, help);
  }
}

function unknownOption(word: string, command: string, help: string): SqloadError {
  // What is glued to the option may be a secret.
  const dashed = /^(--[^=]*|-.)/.exec(word)?.[1] ?? '';
  const table = tableOf(command);
  if (table === null) return usageError(`Unknown option ${dashed} before the command.`, `Options follow it. ${help}`);
  const long = dashed.replace(/^--/, '');
  const own = Object.values(table);
  if (own.some((spec) => spec.long === long))
    return usageError(`The option ${dashed} is a switch and takes no value.`, `Give ${dashed} alone, or leave it out.`);
  if (allOptions.some((spec) => spec.long === long))
    return usageError(`"${command}" has no option ${dashed}; it belongs to another command.`, help);
  const near = dashed.startsWith('--')
    ? didYouMean(
        long,
        own.map((spec) => spec.long),
      )
    : null;
  return usageError(`"${command}" has no option ${dashed}.`, near === null ? help : `Did you mean --${near}?`);
}

function tableOf(command: string): OptionTable | null {
  switch (command) {
    case 'sqload':
      return null;
    case 'sqload capacity':
      return capacityOptions;
    case 'sqload mock':
      return mockOptions;
    case 'sqload report':
      return reportOptions;
    case 'sqload merge':
      return mergeOptions;
    case 'sqload compare':
      return compareOptions;
    default:
      return runOptions;
  }
}
