import { Command, CommanderError, Option } from 'commander';
import { type ExitCode, exitCodes } from '../core/errors.ts';
import { commandNames, inOurWords } from './command-line-errors.ts';
import { commandExamples } from './examples.ts';
import type { Host } from './host.ts';
import { type CapacityInput, capacityOptions } from './options/capacity-options.ts';
import { compareOptions } from './options/compare-options.ts';
import { mockOptions } from './options/mock-options.ts';
import { type Flags, type GivenText, type OptionSpec, type OptionTable, optionGroups } from './options/option-spec.ts';
import {
  type CompareFlags,
  type MergeFlags,
  type MockFlags,
  mergeOptions,
  type ReportFlags,
  reportOptions,
} from './options/options.ts';
import { type RunInput, runOptions } from './options/run-options.ts';
import type { PresetName } from './settings/load-scenario.ts';
import { sqloadVersion } from './version.ts';

/** What the commands do. Each answers with the exit code. */
export interface Actions {
  run(host: Host, input: RunInput): Promise<ExitCode>;
  capacity(host: Host, input: CapacityInput): Promise<ExitCode>;
  plan(host: Host, input: RunInput): Promise<ExitCode>;
  mock(host: Host, input: { readonly flags: MockFlags }): Promise<ExitCode>;
  report(host: Host, input: { readonly path: string; readonly flags: ReportFlags }): Promise<ExitCode>;
  merge(host: Host, input: { readonly paths: readonly string[]; readonly flags: MergeFlags }): Promise<ExitCode>;
  compare(host: Host, input: { readonly paths: readonly string[]; readonly flags: CompareFlags }): Promise<ExitCode>;
}

/** Each command is loaded when it is called for, so that `--version` and `--help` need not wait for all of them. */
const lazyActions: Actions = {
  run: async (host, input) => (await import('./commands/run-command.ts')).runCommand(host, input),
  capacity: async (host, input) => (await import('./commands/capacity-command.ts')).capacityCommand(host, input),
  plan: async (host, input) => (await import('./commands/plan-command.ts')).planCommand(host, input),
  mock: async (host, input) => (await import('./commands/mock-command.ts')).mockCommand(host, input),
  report: async (host, input) => (await import('./commands/report-command.ts')).reportCommand(host, input),
  merge: async (host, input) => (await import('./commands/merge-command.ts')).mergeCommand(host, input),
  compare: async (host, input) => (await import('./commands/compare-command.ts')).compareCommand(host, input),
};

const presets = {
  ramp: 'Climb slowly to 300 users: where does the server begin to bend?',
  sustained: 'Hold 100 users for half an hour: does it stay as it was?',
  spike: 'Jump from 50 to 500 users and back: does it keep up, and recover?',
} as const satisfies Record<PresetName, string>;

/**
 * Reads the command line and runs the command that it asks for.
 * @throws SqloadError (exit 2) when the command line makes no sense; nothing was touched then.
 */
export async function runProgram(host: Host, actions: Actions = lazyActions): Promise<ExitCode> {
  const outcome: { code: ExitCode } = { code: exitCodes.passed };
  const program = buildProgram(host, actions, (code) => {
    outcome.code = code;
  });
  try {
    await program.parseAsync(host.argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return codeOf(error, host);
  }
  return outcome.code;
}

/** What the commands are added to, and what they do. */
interface Wiring {
  readonly program: Command;
  readonly host: Host;
  readonly actions: Actions;
  readonly finish: (code: ExitCode) => void;
}

function buildProgram(host: Host, actions: Actions, finish: Wiring['finish']): Command {
  const program = new Command('sqload')
    .description('Load tester for sequential-questioning servers.')
    .usage('<command> [options]')
    .version(sqloadVersion(), '-V, --version', 'Print the version.')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand('help [command]', 'Print the help of a command.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
    .configureOutput(outputOf(host));
  addExamples(program, 'sqload');
  const wiring = { program, host, actions, finish };
  addRuns(wiring);
  addCapacity(wiring);
  addMock(wiring);
  addReaders(wiring);
  return program;
}

/** The presets, `run`, and `plan`, which takes what they take. */
function addRuns({ program, host, actions, finish }: Wiring): void {
  const runnable = (command: Command, action: Actions['run'], preset: string | null): void => {
    const flags = addOptions(command, runOptions);
    command.action(async (...words: unknown[]) => {
      finish(await action(host, { scenario: preset ?? String(words[0]), settings: flags() }));
    });
  };
  for (const [name, description] of Object.entries(presets))
    runnable(addCommand(program, name, description), actions.run, name);
  runnable(
    addCommand(program, 'run', 'Run a scenario of your own.').argument('<scenario>', 'scenario file (YAML)'),
    actions.run,
    null,
  );
  runnable(
    addCommand(program, 'plan', 'Show what a run would do, and send nothing.').argument(
      '<scenario>',
      'ramp, sustained, spike, or a scenario file',
    ),
    actions.plan,
    null,
  );
}

function addCapacity({ program, host, actions, finish }: Wiring): void {
  const capacity = addCommand(program, 'capacity', 'Find the most users that a server sustains within its thresholds.');
  capacity.argument('[scenario]', 'whose requests and pauses are played: a scenario file; else those of the presets');
  const capacityFlags = addOptions(capacity, capacityOptions);
  capacity.action(async (...words: unknown[]) =>
    finish(
      await actions.capacity(host, {
        scenario: words[0] === undefined ? null : String(words[0]),
        flags: capacityFlags(),
      }),
    ),
  );
}

function addMock({ program, host, actions, finish }: Wiring): void {
  const mock = addCommand(program, 'mock', 'Start the reference server and leave it running.');
  const mockFlags = addOptions(mock, mockOptions);
  mock.action(async () => finish(await actions.mock(host, { flags: mockFlags() })));
}

/** What only reads runs that are over. */
function addReaders({ program, host, actions, finish }: Wiring): void {
  const report = addCommand(program, 'report', 'Print the report of an earlier run again, with its exit code.');
  report.argument('<path>', 'folder of a run, or its record');
  const reportFlags = addOptions(report, reportOptions);
  report.action(async (path: string) => finish(await actions.report(host, { path, flags: reportFlags() })));

  const merge = addCommand(program, 'merge', 'Join the records of the slices of a run, and report on the whole.');
  merge.argument('<record...>', 'folders of runs with --slice, or their records');
  const mergeFlags = addOptions(merge, mergeOptions);
  merge.action(async (paths: string[]) => finish(await actions.merge(host, { paths, flags: mergeFlags() })));

  const compare = addCommand(
    program,
    'compare',
    'Tell whether a run is worse than one before it; exit code 1 if it is.',
  );
  compare.usage('[options] <baseline> <candidate>');
  compare.argument(
    '<baseline...>',
    'runs to compare with: folders, records, stats.csv files of sqload or Locust, one history.csv',
  );
  const compareFlags = addOptions(compare, compareOptions);
  compare.action(async (paths: string[]) => finish(await actions.compare(host, { paths, flags: compareFlags() })));
}

function addCommand(program: Command, name: string, description: string): Command {
  const command = program.command(name).description(description).helpOption('-h, --help', 'Print this help.');
  addExamples(command, name);
  return command;
}

function addExamples(command: Command, name: string): void {
  const lines = commandExamples.filter((example) => example.command === name);
  const width = Math.max(...lines.map(({ line }) => line.length));
  const text = lines.map(({ line, what }) => `  ${line.padEnd(width)}  ${what}`.trimEnd());
  command.addHelpText('after', `\nExamples:\n${text.join('\n')}`);
}

/** Gives the command every option of the table, and returns what reads them off once the command line is parsed. */
function addOptions<Table extends OptionTable>(command: Command, table: Table): () => Flags<Table> {
  const given = new Map<string, GivenText[]>();
  const grouped = optionGroups.flatMap((group) => Object.entries(table).filter(([, spec]) => spec.group === group));
  for (const [key, spec] of grouped) {
    const take = (name: string, text: string): void => {
      given.set(key, [...(given.get(key) ?? []), { name, text }]);
    };
    addOption(command, spec, spec.long, spec.letter, take);
    if (spec.alias !== null) addOption(command, spec, spec.alias, null, take);
  }
  return () => {
    const texts: Readonly<Record<string, unknown>> = Object.fromEntries(given);
    return texts as Flags<Table>;
  };
}

function addOption(
  command: Command,
  spec: OptionSpec<unknown>,
  name: string,
  letter: string | null,
  take: (name: string, text: string) => void,
): void {
  const dashes = `${letter === null ? '' : `-${letter}, `}--${name}`;
  const option = new Option(spec.placeholder === null ? dashes : `${dashes} ${spec.placeholder}`, spec.help)
    .helpGroup(`${spec.group}:`)
    .hideHelp(name !== spec.long);
  command.addOption(option);
  command.on(`option:${option.name()}`, (text: string | null) => take(name, text ?? 'true'));
}

function outputOf(host: Host) {
  const width = (columns: number): number => Math.min(100, Math.max(60, columns));
  return {
    writeOut: (text: string) => host.stdout.write(text),
    writeErr: (text: string) => host.stderr.write(text),
    // Errors are told once, by main().
    outputError: () => {},
    getOutHelpWidth: () => width(host.stdout.columns),
    getErrHelpWidth: () => width(host.stderr.columns),
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  };
}

/** Help and version have been printed by then; anything else is wrong usage. */
function codeOf(error: CommanderError, host: Host): ExitCode {
  switch (error.code) {
    case 'commander.helpDisplayed':
    case 'commander.version':
      return exitCodes.passed;
    case 'commander.help':
      // `sqload` alone prints the help as an error, `sqload help` because it was asked to.
      return error.exitCode === 0 ? exitCodes.passed : exitCodes.usage;
    default:
      throw inOurWords(error, commandAsked(host));
  }
}

function commandAsked(host: Host): string {
  const name = host.argv.find((word) => !word.startsWith('-')) ?? '';
  return commandNames.some((known) => known === name) ? `sqload ${name}` : 'sqload';
}
