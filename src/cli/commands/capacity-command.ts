import { randomInt } from 'node:crypto';
import { join, relative, resolve } from 'node:path';
import {
  type Effort,
  firstUsers,
  leastSearch,
  lengthOf,
  planTrial,
  type TrialGround,
  trialRisk,
} from '../../analysis/capacity/plan-trial.ts';
import {
  type Capacity,
  type LoadTrial,
  searchCapacity,
  type TrialPurpose,
} from '../../analysis/capacity/search-capacity.ts';
import type { Clock } from '../../core/clock.ts';
import { formatDuration } from '../../core/duration.ts';
import { type ExitCode, exitCodes, SqloadError, usageError } from '../../core/errors.ts';
import { counted, formatCount } from '../../core/format.ts';
import { seconds } from '../../core/units.ts';
import { checkWritable, createRunFolder, writeWhole } from '../../io/run-folder.ts';
import { capacityCsv, capacityJson, renderCapacity } from '../../report/capacity-report.ts';
import { capacitySentence, trialLine } from '../../report/capacity-sentence.ts';
import type { CapacityView, TrialView } from '../../report/capacity-view.ts';
import { loadLimits } from '../../verdict/load-limits.ts';
import type { TrialShape } from '../../workload/trial-profile.ts';
import type { Host, StopSignal } from '../host.ts';
import { type Machinery, realMachinery } from '../machinery.ts';
import { showAddress } from '../options/address.ts';
import { type CapacityInput, capacityOptions } from '../options/capacity-options.ts';
import { addToHistory, checkHistory } from '../run/add-to-history.ts';
import { usersThatFit } from '../run/check-open-files.ts';
import { wantsColor } from '../run/deliver-reports.ts';
import { worse } from '../run/deliver-run.ts';
import { playTrial, settleTrial, trialFolder } from '../run/play-trial.ts';
import { readRun } from '../run/read-run.ts';
import { resolveSettings, type Settings } from '../settings/settings.ts';
import type { SettledRun } from '../settings/settle-run.ts';
import { tell } from '../tell.ts';
import { sqloadVersion } from '../version.ts';

type CapacitySettings = Settings<typeof capacityOptions>;

/** Without --max-users the search goes no further. */
const usualMost = 10_000;

/** Finds the most users that a server sustains within its thresholds: a search of short runs, each with a record of its own. */
export async function capacityCommand(
  host: Host,
  input: CapacityInput,
  machinery: Machinery = realMachinery,
): Promise<ExitCode> {
  const settings = resolveSettings(capacityOptions, host, { flags: input.flags });
  const seed = settings.seed.value ?? String(randomInt(2 ** 32));
  const sample = settleTrial(host, input, { users: 1, climb: 1, settle: 1, window: 1 }, seed);
  const ground = groundOf(sample, settings);
  const most = mostUsers(sample, settings, machinery);
  const start = Math.min(most, settings.start.value ?? firstUsers(ground, most));
  checkTime(start, most, ground, settings);
  const out = resolve(host.cwd, settings.out.value);
  checkWritable(out);
  checkHistory(out);
  const search = new CapacitySearch({ host, input, machinery, settings, ground, seed, out });
  const release = search.listen();
  try {
    search.say(introduction(sample, ground, most));
    const options = { start, most, precision: settings.precision.value };
    const capacity = await searchCapacity((users, purpose) => search.tryLoad(users, purpose), options);
    const view = search.view(capacity, { sample, most });
    search.write(view);
    host.stdout.write(
      settings.quiet.value
        ? `${capacitySentence(view)}\n`
        : renderCapacity(view, { color: wantsColor(host, settings.color.value) }),
    );
    const code = search.exitCode(capacity);
    try {
      search.note(capacity);
      return code;
    } catch (error) {
      if (!(error instanceof SqloadError)) throw error;
      return worse(code, await tell(host, error));
    }
  } finally {
    release();
  }
}

/** @throws SqloadError (exit 2) when there is nothing that more load could break. */
function groundOf({ facts, plan }: SettledRun, { window }: CapacitySettings): TrialGround {
  const limits = loadLimits(facts);
  if (limits.length === 0)
    throw usageError(
      'There is no limit that more load could break: capacity needs one on response times, errors, CPU or memory.',
      "Add one, for example --threshold 'p95<500ms'.",
    );
  const least = window.value === null ? {} : { window: window.value / 1000 };
  return { rows: facts.rows, load: facts.load, think: plan.think, limits, ...least };
}

/** @throws SqloadError (exit 2) when this process may not open as many connections as are asked for. */
function mostUsers({ plan, settings }: SettledRun, { maxUsers }: CapacitySettings, machinery: Machinery): number {
  const streams = 'transport' in plan.dialect && plan.dialect.transport === 'http+sse';
  const workers = settings.workers.value === 'auto' ? machinery.cores() : settings.workers.value;
  const fit =
    settings.connections.value.kind === 'shared'
      ? Number.POSITIVE_INFINITY
      : usersThatFit({ streams, workers, builtIn: settings.host.value === null }, machinery.openFileLimit());
  if (maxUsers.value !== null && maxUsers.value > fit)
    throw usageError(
      `This process may open connections for ${counted(fit, 'user')}, and --max-users is ${formatCount(maxUsers.value)}.`,
      'Raise the limit in this shell with "ulimit -n", or give a lower --max-users.',
    );
  return Math.min(maxUsers.value ?? usualMost, fit);
}

/** @throws SqloadError (exit 2) when --max-time ends before the least that gives an answer. */
function checkTime(start: number, most: number, ground: TrialGround, { maxTime }: CapacitySettings): void {
  const least = seconds(leastSearch(start, most, ground));
  if (maxTime.value === null || maxTime.value >= least) return;
  throw usageError(
    `--max-time ${formatDuration(maxTime.value)} is too short for an answer: the first load of ${formatCount(start)} ${start === 1 ? 'user' : 'users'}, one beside it and a repeat take up to ${formatDuration(least)}.`,
    `Give --max-time ${formatDuration(least)} or more, or none.`,
  );
}

function introduction({ settings }: SettledRun, ground: TrialGround, most: number): string {
  const address = settings.host.value;
  const where = address === null ? 'the built-in server; --host <address> tests yours' : showAddress(address);
  const usual = planTrial(firstUsers(ground, most), 'usual', ground);
  const longer = planTrial(firstUsers(ground, most), 'longer', ground);
  const length = (shape: TrialShape): string => formatDuration(seconds(lengthOf(shape)));
  return [
    `Searching for the most users within ${ground.limits.map(({ text }) => text).join(', ')}, up to ${formatCount(most)}: ${where}`,
    `A trial takes about ${length(usual)}, and ${length(longer)} where it is close or to be confirmed`,
  ].join('\n');
}

interface SearchParts {
  readonly host: Host;
  readonly input: CapacityInput;
  readonly machinery: Machinery;
  readonly settings: CapacitySettings;
  readonly ground: TrialGround;
  readonly seed: string;
  readonly out: string;
}

/** The search as the command line plays it: trials into folders of their own, told as they come. */
class CapacitySearch {
  readonly #parts: SearchParts;
  readonly #clock: Clock;
  readonly #startedAt: Date;
  readonly #trials: TrialView[] = [];
  #folder: string | null = null;
  #signal: StopSignal | null = null;

  constructor(parts: SearchParts) {
    this.#parts = parts;
    this.#clock = parts.machinery.clock();
    this.#startedAt = parts.machinery.date();
  }

  /** The first signal ends the trial under way, and the search with it. */
  listen(): () => void {
    return this.#parts.host.onSignal((signal) => {
      this.#signal ??= signal;
    });
  }

  say(text: string): void {
    if (!this.#parts.settings.quiet.value) this.#parts.host.stderr.write(`${text}\n`);
  }

  async tryLoad(users: number, purpose: TrialPurpose): Promise<LoadTrial | null> {
    const { host, input, machinery, settings, ground, seed } = this.#parts;
    const effort: Effort = purpose === 'look' ? 'usual' : 'longer';
    const shape = planTrial(users, effort, ground);
    const length = lengthOf(shape);
    const { maxTime } = settings;
    const late = maxTime.value !== null && this.#clock.now() + length * 1000 > maxTime.value;
    if (this.#signal !== null || late) return null;
    const number = this.#trials.length + 1;
    const settled = settleTrial(host, input, shape, `${seed}/${number}`);
    const folder = (): string => trialFolder(this.#place(), number, users);
    const played = await playTrial(settled, { host, machinery, folder, risk: trialRisk[effort] });
    if (played === null || this.#signal !== null) return null;
    const { judged, trouble } = played;
    if (trouble !== null) await tell(host, trouble);
    const outcome = played.outcome === 'invalid' || trouble !== null ? 'invalid' : judged.outcome;
    const { chance, ...numbers } = judged;
    const trial: TrialView = {
      ...numbers,
      number,
      users,
      purpose,
      outcome,
      flaw: outcome !== 'invalid' ? null : (trouble?.message ?? played.sentence),
      windowSeconds: shape.window,
      seconds: length,
      folder: relative(this.#place(), folder()),
    };
    this.#trials.push(trial);
    this.say(trialLine(trial));
    return { users, outcome, leans: judged.leans, chance, requests: judged.requests };
  }

  view(capacity: Capacity, { sample, most }: { readonly sample: SettledRun; readonly most: number }): CapacityView {
    const { ground, settings, seed } = this.#parts;
    const address = sample.settings.host.value;
    return {
      capacity,
      trials: this.#trials,
      target: address === null ? 'built-in server' : showAddress(address),
      limits: ground.limits.map(({ text }) => text),
      most,
      precision: settings.precision.value,
      seed,
      startedAt: this.#startedAt.toISOString(),
      sqload: sqloadVersion(),
    };
  }

  /** @throws SqloadError with exit code 4 when a file cannot be written. */
  write(view: CapacityView): void {
    if (this.#folder === null) return;
    writeWhole(join(this.#folder, 'capacity.json'), capacityJson(view));
    writeWhole(join(this.#folder, 'capacity.csv'), capacityCsv(view));
    const { cwd } = this.#parts.host;
    this.say(`Results are in ${relative(cwd, this.#folder) || this.#folder}\n`);
  }

  /**
   * The line of the search in the history is that of the highest load that held, or of the least one where none did; a search that was
   * interrupted, or found out nothing, has none.
   * @throws SqloadError with exit code 4 when it cannot be written.
   */
  note({ kind, holds }: Capacity): void {
    const measured = this.#trials.filter(({ outcome }) => outcome !== 'invalid');
    const least = Math.min(...measured.map(({ users }) => users));
    const users = holds ?? (kind === 'always-breaks' ? least : null);
    const trial = measured.findLast((each) => each.users === users);
    if (this.#signal !== null || this.#folder === null || trial === undefined) return;
    const folder = join(this.#folder, trial.folder);
    addToHistory(readRun(folder), folder, this.#parts.out);
  }

  exitCode({ kind, holds, breaks }: Capacity): ExitCode {
    if (this.#signal !== null) return this.#signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
    if (kind === 'generator') return exitCodes.invalid;
    const asked = this.#parts.settings.atLeast.value;
    if (kind === 'always-breaks' || (asked !== null && breaks !== null && breaks <= asked)) return exitCodes.failed;
    if (asked !== null && (holds === null || holds < asked)) return exitCodes.inconclusive;
    return kind === 'found' || kind === 'nothing-broke' ? exitCodes.passed : exitCodes.inconclusive;
  }

  /** The folder of the search, made when its first load begins. */
  #place(): string {
    this.#folder ??= createRunFolder(this.#parts.out, 'capacity', this.#startedAt);
    return this.#folder;
  }
}
