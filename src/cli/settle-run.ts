import { randomInt, X509Certificate } from 'node:crypto';
import { usageError } from '../core/errors.ts';
import { perSecond } from '../core/units.ts';
import type { RunPlan } from '../engine/run-plan.ts';
import type { Corpus } from '../protocol/corpus.ts';
import { createDialect } from '../protocol/create-dialect.ts';
import { defaultCorpus } from '../protocol/default-corpus.ts';
import { rowIds } from '../protocol/dialect.ts';
import type { DialectPlan } from '../protocol/dialect-plan.ts';
import { conversationSurvival, expectedShares } from '../protocol/expected-requests.ts';
import { parseCorpus } from '../protocol/parse-corpus.ts';
import type { RecordHeader } from '../record/record.ts';
import { mergeThresholds } from '../verdict/threshold.ts';
import { buildProfile } from '../workload/build-profile.ts';
import type { LoadProfile } from '../workload/load-profile.ts';
import { steadyCeiling } from '../workload/offered-load.ts';
import type { Scenario } from '../workload/scenario.ts';
import type { Host } from './host.ts';
import { loadScenario } from './load-scenario.ts';
import { describeSettings } from './print-config.ts';
import { readInputFile } from './read-input-file.ts';
import { requestHeaders, secretsOf } from './request-headers.ts';
import type { RunInput } from './run-options.ts';
import { runOptions } from './run-options.ts';
import { isGiven, type RunSettings, resolveRunSettings } from './run-settings.ts';
import { scenarioValues } from './scenario-values.ts';
import { sqloadVersion } from './version.ts';

/** A run with every question answered that can be answered before anything is sent. */
export interface SettledRun {
  readonly settings: RunSettings;
  readonly plan: RunPlan;
  readonly seed: string;
  /** PEM text; null: the authorities of Node. */
  readonly ca: string | null;
  /** The header of the record but for what only the run itself can tell. */
  readonly facts: Omit<RecordHeader, 'startedAt' | 'target' | 'preflight' | 'slices'>;
}

/**
 * Reads the scenario, settles every setting, and computes the plan. Touches nothing.
 * @throws SqloadError (exit 2) for anything that makes no sense.
 */
export function settleRun(host: Host, input: RunInput): SettledRun {
  const scenario = loadScenario(host, input.scenario);
  const settings = resolveRunSettings(host, input.settings, scenarioValues(scenario));
  const profile = buildProfile(scenario, overrides(settings));
  const plan = planOf(host, settings, profile);
  const dialect = createDialect(plan.dialect);
  const seed = settings.seed.value ?? String(randomInt(2 ** 32));
  return {
    settings,
    plan,
    seed,
    ca: settings.ca.value === null ? null : readCa(host, settings.ca.value),
    facts: {
      kind: 'header',
      format: 'sqload-record',
      version: 3,
      sqload: sqloadVersion(),
      node: host.nodeVersion,
      scenario: scenario.name,
      seed,
      rows: dialect.rows,
      sessionRows: dialect.sessionRows,
      profile,
      load: loadOf(plan),
      thresholds: thresholdsOf(settings, scenario, plan),
      settings: describeSettings(runOptions, settings),
      workers: 1,
      allowed: { saturated: settings.allowSaturated.value, dropped: settings.allowDropped.value },
    },
  };
}

/** The same run in a dialect that was found out after all else had been settled. */
export function withDialect(run: SettledRun, plan: DialectPlan): SettledRun {
  const { facts } = run;
  const dialect = createDialect(plan);
  const settled = { ...run.plan, dialect: plan };
  const load = { ...facts.load, expectedShare: expectedShareOf(settled) };
  return {
    ...run,
    plan: settled,
    facts: { ...facts, rows: dialect.rows, sessionRows: dialect.sessionRows, load },
  };
}

/** Only what was said for this run changes the shape of a scenario; what its file says is the shape. */
function overrides(settings: RunSettings): Parameters<typeof buildProfile>[1] {
  const { users, rate, arrivals, maxUsers, runTime, spawnRate, climb, baseline } = settings;
  return {
    ...(isGiven(users) && users.value !== null ? { users: users.value } : {}),
    ...(isGiven(rate) && rate.value !== null ? { rate: rate.value } : {}),
    ...(isGiven(arrivals) ? { arrivals: arrivals.value } : {}),
    ...(isGiven(maxUsers) ? { maxUsers: maxUsers.value } : {}),
    ...(isGiven(runTime) && runTime.value !== null ? { runTime: runTime.value } : {}),
    ...(isGiven(spawnRate) && spawnRate.value !== null ? { spawnRate: perSecond(spawnRate.value) } : {}),
    ...(isGiven(climb) && climb.value !== null ? { climb: climb.value } : {}),
    ...(isGiven(baseline) && baseline.value !== null ? { baseline: baseline.value } : {}),
  };
}

function planOf(host: Host, settings: RunSettings, profile: LoadProfile): RunPlan {
  const credentials = { host: settings.host.value, apiKey: settings.apiKey.value, headers: settings.headers.value };
  return {
    profile,
    flow: {
      mix: settings.mix.value,
      history: settings.history.value,
      corpus: settings.corpus.value === null ? defaultCorpus : readCorpus(host, settings.corpus.value),
    },
    think: settings.think.value,
    dialect: {
      name: 'guide',
      basePath: settings.host.value?.basePath ?? '',
      paths: settings.paths.value,
      headers: requestHeaders(credentials),
    },
    timeout: settings.timeout.value,
    stopTimeout: settings.stopTimeout.value,
    secrets: secretsOf(credentials),
  };
}

function loadOf(plan: RunPlan): RecordHeader['load'] {
  return {
    thinkMin: plan.think.min,
    thinkMax: plan.think.max,
    timeout: plan.timeout,
    stopTimeout: plan.stopTimeout,
    expectedShare: expectedShareOf(plan),
    steadyCeiling: steadyCeiling(plan.profile, plan.think, conversationSurvival(plan.flow)),
  };
}

function expectedShareOf(plan: RunPlan): readonly number[] {
  const shares = expectedShares(plan.flow, plan.profile, plan.think);
  return createDialect(plan.dialect).rows.map(({ id }) => shares[id]);
}

function thresholdsOf(settings: RunSettings, scenario: Scenario, plan: RunPlan): RecordHeader['thresholds'] {
  const { mix } = plan.flow;
  return mergeThresholds({
    defaults: settings.defaultThresholds.value,
    scenario: scenario.thresholds ?? [],
    option: isGiven(settings.thresholds) ? settings.thresholds.value : [],
    // A follow-up needs a conversation, so initial questions are asked wherever follow-ups are.
    rows: rowIds.map((id) => ({ id, weight: id === 'initial' ? mix.initial + mix['follow-up'] : mix[id] })),
  });
}

function readCorpus(host: Host, path: string): Corpus {
  return parseCorpus(readInputFile(host, path, 'the corpus'), path);
}

function readCa(host: Host, path: string): string {
  const text = readInputFile(host, path, 'the certificate authority');
  if (!isCertificate(text))
    throw usageError(
      `The file "${path}" holds no certificate.`,
      'Give a PEM file: it has the line -----BEGIN CERTIFICATE-----.',
    );
  return text;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== '';
  } catch {
    return false;
  }
}
