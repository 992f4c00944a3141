import { formatDuration } from '../../core/duration.ts';
import { escapeControls } from '../../core/escape-controls.ts';
import { type Millis, millis } from '../../core/units.ts';
import type { History, Mix } from '../../protocol/flow.ts';
import type { ThinkTime } from '../../workload/think-time.ts';
import { type Address, maskAddress, parseAddress, showAddress } from './address.ts';
import { connectionOptions } from './connection-options.ts';
import { dialectOptions } from './dialect-options.ts';
import { parseMix, parseThink, showRows, showThink } from './flow-values.ts';
import { generatorOptions } from './generator-options.ts';
import { type HeaderField, maskHeader, parseHeader, showHeader } from './header-field.ts';
import { loadOptions } from './load-options.ts';
import { monitorOptions } from './monitor-options.ts';
import { type Flags, listOption, switchOption, valueOption } from './option-spec.ts';
import { span } from './quantity.ts';
import { apiKey, capacity, color, csv, csvFullHistory, faults, latency, nonEmpty, quiet } from './shared-options.ts';
import { stageOptions } from './stage-options.ts';

/** What `ramp`, `sustained`, `spike`, `run` and `plan` understand. null: there is none, or nobody said anything. */
export const runOptions = {
  ...loadOptions,
  ...stageOptions,
  ...generatorOptions,

  host: valueOption<Address | null>({
    long: 'host',
    letter: 'H',
    alias: 'url',
    placeholder: '<address>',
    example: 'http://localhost:8000',
    group: 'Target',
    help: 'Server to test, with a base path if it has one; also --url. Without it the built-in server is tested.',
    read: parseAddress,
    show: (address) => showAddress(address) + (address.userInfo === null ? '' : ' (with user name and password)'),
    mask: maskAddress,
    fallback: null,
    unset: 'the built-in server',
  }),
  apiKey,
  headers: listOption<HeaderField>({
    long: 'header',
    placeholder: '<header>',
    example: '"X-Tenant: acme"',
    group: 'Target',
    help: 'Header "Name: value" for every request; may be repeated.',
    read: parseHeader,
    show: showHeader,
    mask: maskHeader,
  }),
  insecure: switchOption({
    long: 'insecure',
    group: 'Target',
    help: 'Accept any TLS certificate.',
  }),
  ca: valueOption<string | null>({
    long: 'ca',
    placeholder: '<file>',
    example: 'ca.pem',
    group: 'Target',
    help: 'Certificate authority to trust, a PEM file.',
    read: nonEmpty,
    fallback: null,
    unset: 'those of Node',
  }),
  timeout: valueOption<Millis>({
    long: 'timeout',
    placeholder: '<duration>',
    example: '60s',
    group: 'Target',
    help: 'Longest time for one request, connecting included.',
    read: span(1, '1ms'),
    show: formatDuration,
    fallback: millis(60_000),
  }),
  stopTimeout: valueOption<Millis>({
    long: 'stop-timeout',
    placeholder: '<duration>',
    example: '30s',
    group: 'Target',
    help: 'Time for requests still in flight when the run ends.',
    read: span(0, '0s'),
    show: formatDuration,
    fallback: millis(30_000),
  }),
  preflight: switchOption({
    long: 'no-preflight',
    group: 'Target',
    help: 'Skip the requests that try the server before the load; what is auto is found out all the same.',
  }),

  ...dialectOptions,
  ...connectionOptions,

  think: valueOption<ThinkTime>({
    long: 'think',
    placeholder: '<range>',
    example: '3s-7s',
    group: 'Flow',
    help: 'Pause of a user after each step, uniform between the two; 0s-0s for none.',
    read: parseThink,
    show: showThink,
    fallback: { min: millis(3000), max: millis(7000) },
  }),
  mix: valueOption<Mix>({
    long: 'mix',
    placeholder: '<weights>',
    example: 'health=1,initial=3,follow-up=5',
    group: 'Flow',
    help: 'How often each request is chosen; a name left out is 0.',
    read: parseMix,
    show: showRows,
    fallback: { health: 1, initial: 3, 'follow-up': 5, automatic: 0 },
  }),
  history: valueOption<History>({
    long: 'history',
    placeholder: '<kind>',
    example: 'static',
    group: 'Flow',
    help: 'What follow-ups carry: growing (all turns so far) or static (the first turn, so that bodies keep their size).',
    read: parseHistory,
    fallback: 'growing',
  }),
  corpus: valueOption<string | null>({
    long: 'corpus',
    placeholder: '<file>',
    example: 'talks.yaml',
    group: 'Flow',
    help: 'Conversations that users hold, a YAML or JSON file.',
    read: nonEmpty,
    fallback: null,
    unset: 'the one that ships with sqload',
  }),

  ...monitorOptions,

  thresholds: listOption<string>({
    long: 'threshold',
    placeholder: '<expr>',
    example: "'p95<500ms'",
    group: 'Judging',
    help: "What the run must keep: 'p95<500ms', 'follow-up.p99<=2s', 'error_rate<1%', 'rps>100'; may be repeated.",
    read: nonEmpty,
  }),
  defaultThresholds: switchOption({
    long: 'no-default-thresholds',
    group: 'Judging',
    help: "Judge by your own thresholds only, not by the guide's.",
  }),
  abortOnFail: switchOption({
    long: 'abort-on-fail',
    group: 'Judging',
    help: 'End the run as soon as a limit on response times or errors is clearly broken.',
  }),
  allowSaturated: switchOption({
    long: 'allow-saturated',
    group: 'Judging',
    help: 'Judge the run although sqload itself was too busy or too late to be sure of its numbers; only warn.',
  }),
  allowDropped: switchOption({
    long: 'allow-dropped',
    group: 'Judging',
    help: 'Judge the run although arrivals were dropped, since the places for users were taken; only warn.',
  }),

  hooks: valueOption<string | null>({
    long: 'hooks',
    placeholder: '<file>',
    example: './hooks.mjs',
    group: 'Output',
    help: 'Functions to call while the run is under way: testStart, phase, second, requestFailed, firstFailure, testStop, verdict.',
    read: nonEmpty,
    fallback: null,
  }),
  out: valueOption<string>({
    long: 'out',
    placeholder: '<folder>',
    example: 'reports',
    group: 'Output',
    help: 'Where the folder of the run is made.',
    read: nonEmpty,
    fallback: 'reports',
  }),
  label: valueOption<string | null>({
    long: 'label',
    placeholder: '<text>',
    example: 'main',
    group: 'Output',
    help: 'What to call this run in history.csv: a branch, a release; kept in its record.',
    read: labelText,
    fallback: null,
  }),
  csv,
  csvFullHistory,
  quiet,
  color,
  printConfig: switchOption({
    long: 'print-config',
    group: 'Output',
    help: 'Show every setting and where it came from, and stop there.',
  }),

  mockLatency: latency({ long: 'mock-latency', group: 'Built-in server' }),
  mockCapacity: capacity({ long: 'mock-capacity', group: 'Built-in server' }),
  mockFaults: faults({ long: 'mock-fault', group: 'Built-in server' }),
} as const;

export type RunOptions = typeof runOptions;
export type RunFlags = Flags<RunOptions>;

/** A scenario by name (ramp, sustained, spike) or by file, and what was said about it on the command line. */
export interface RunInput {
  readonly scenario: string;
  readonly settings: RunFlags;
}

/** In place of a file, where a program has the hooks at hand. */
export const hooksOfProgram = '(given by the program)';

function labelText(text: string): string {
  if (text.length > 200) throw new RangeError('must have at most 200 characters');
  if (escapeControls(text) !== text) throw new RangeError('must be one line of printable text');
  return text;
}

function parseHistory(text: string): History {
  if (text !== 'growing' && text !== 'static') throw new RangeError('must be growing or static');
  return text;
}
