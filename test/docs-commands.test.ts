import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planCommand } from '../src/cli/commands/plan-command.ts';
import { runCommand } from '../src/cli/commands/run-command.ts';
import type { Host } from '../src/cli/host.ts';
import { main } from '../src/cli/main.ts';
import { capacityOptions } from '../src/cli/options/capacity-options.ts';
import { compareOptions } from '../src/cli/options/compare-options.ts';
import { mockOptions } from '../src/cli/options/mock-options.ts';
import type { Flags, OptionSpec, OptionTable } from '../src/cli/options/option-spec.ts';
import { allOptions, mergeOptions, reportOptions } from '../src/cli/options/options.ts';
import { runOptions } from '../src/cli/options/run-options.ts';
import type { Actions } from '../src/cli/program.ts';
import { resolveSettings } from '../src/cli/settings/settings.ts';
import { type ExitCode, exitCodes } from '../src/core/errors.ts';
import { fakeHost } from '../src/testing/fake-host.ts';
import { codeBlocks, documents, readDocument, type ShownCommand, shownCommands, shownOptions } from './documents.ts';
import { root } from './planted-tree.ts';

const settled = (table: OptionTable, host: Host, flags: Flags<OptionTable>): Promise<ExitCode> => {
  resolveSettings(table, host, { flags });
  return Promise.resolve(exitCodes.passed);
};

/** Those that would listen or read a folder settle every option, and do nothing with them. */
const actions: Actions = {
  run: (host, input) => runCommand(host, input),
  capacity: (host, { flags }) => settled(capacityOptions, host, flags),
  plan: planCommand,
  mock: (host, { flags }) => settled(mockOptions, host, flags),
  report: (host, { flags }) => settled(reportOptions, host, flags),
  merge: (host, { flags }) => settled(mergeOptions, host, flags),
  compare: (host, { flags }) => settled(compareOptions, host, flags),
};

const scenarios = Object.fromEntries(
  readdirSync(join(root, 'scenarios')).map((name) => [
    `scenarios/${name}`,
    readFileSync(join(root, 'scenarios', name), 'utf8'),
  ]),
);

const runs = ['ramp', 'sustained', 'spike', 'run'];

/** The real program reads the words and settles them; nothing is sent, listened to or written. */
async function settle(words: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<string> {
  const [command = ''] = words;
  const isName = words.length === 1 && ['run', 'plan', 'report', 'merge', 'compare'].includes(command);
  const argv = [...words, ...(isName ? ['--help'] : runs.includes(command) ? ['--print-config'] : [])];
  const host = fakeHost({ argv, files: { ...scenarios, ...files } });
  const code = await main(host, actions);
  return code === exitCodes.passed ? '' : host.written.stderr;
}

/** What no program can read, and why it is there. */
const placeholders: Readonly<Record<string, string>> = {
  'sqload run <scenario.yaml>': 'stands for any file',
  'sqload plan <name or file>': 'stands for any scenario',
  'sqload mock --only': 'names an option',
};

const shown = documents.flatMap(shownCommands);
const isPlaceholder = ({ text }: ShownCommand): boolean => Object.hasOwn(placeholders, text);

describe('the commands that README.md, CHANGELOG.md and docs/ show', () => {
  test('are found', () => {
    expect(shown.length).toBeGreaterThan(60);
    const unread = documents.flatMap((path) =>
      codeBlocks(readDocument(path)).filter(
        ({ language, text }) => language === '' && /^(npx )?sqload \w+ -/m.test(text),
      ),
    );
    expect(unread).toEqual([]);
  });

  test.each(shown.filter((command) => !isPlaceholder(command)))('$place: $text', async ({ words }) => {
    expect(await settle(words)).toBe('');
    const hooks = words[words.indexOf('--hooks') + 1] ?? '';
    if (words.includes('--hooks')) expect(existsSync(join(root, hooks))).toBe(true);
  });

  test.each(Object.entries(placeholders))('%s is shown, and not run: it %s', (text) => {
    expect(shown.map((command) => command.text)).toContain(text);
  });
});

/** Locust's own, which docs/coming-from-locust.md names. */
const ofLocust = [
  ...['headless', 'autostart', 'autoquit', 'web-host', 'master', 'worker', 'processes', 'expect-workers', 'config'],
  ...['equal-weights', 'config-users', 'html', 'otel', 'json', 'json-file', 'print-stats', 'only-summary', 'logfile'],
  ...['list', 'show-task-ratio', 'exit-code-on-error', 'reset-stats', 'profile'],
];
/** Of commander, and what README.md tells of npm. */
const ofAll = ['help', 'version'];

describe('the options that they name', () => {
  const known = new Set([...allOptions.map(({ long }) => long), ...ofLocust, ...ofAll]);
  const named = documents.flatMap(shownOptions);

  test('are found', () => {
    expect(named.length).toBeGreaterThan(100);
    for (const option of ofLocust) expect(named.map(({ name }) => name)).toContain(option);
  });

  test.each([...new Map(named.map((option) => [option.text, option])).values()])('$place: $text', async (option) => {
    expect(known).toContain(option.name);
    const spec = Object.values<OptionSpec<unknown>>(runOptions).find(({ long }) => long === option.name);
    const [, value] = option.words;
    if (!spec || value === undefined || /…|<\w+>|\w\|\w/.test(option.text)) return;
    expect(() => spec.parse([value])).not.toThrow();
    // What a threshold may name depends on the run.
    const watched = ['sustained', '--monitor', 'db=port:5432', '--hooks', 'examples/hooks.mjs'];
    if (option.name === 'threshold') expect(await settle([...watched, ...option.words])).toBe('');
  });
});

describe('the files that they show', () => {
  const blocks = documents.flatMap((path) =>
    codeBlocks(readDocument(path))
      .filter(({ language }) => language === 'yaml')
      .map(({ line, text }) => ({ place: `${path}:${line}`, text })),
  );

  test.each(blocks.filter(({ text }) => /^(users|phases|stages):/m.test(text)))(
    '$place is a scenario',
    async ({ text }) => {
      expect(await settle(['plan', './shown.yaml'], { './shown.yaml': text })).toBe('');
    },
  );

  test.each(blocks.filter(({ text }) => text.startsWith('- context:')))('$place is a corpus', async ({ text }) => {
    expect(await settle(['plan', 'spike', '--corpus', 'shown.yaml'], { 'shown.yaml': text })).toBe('');
  });
});
