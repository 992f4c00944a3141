import { randomInt, X509Certificate } from 'node:crypto';
import { usageError } from '../../core/errors.ts';
import { perSecond } from '../../core/units.ts';
import type { RunPlan } from '../../engine/run-plan.ts';
import { monitorSecrets, monitorUrlSecrets } from '../../monitor/monitor-source.ts';
import type { Corpus } from '../../protocol/corpus.ts';
import { createDialect } from '../../protocol/create-dialect.ts';
import { defaultCorpus } from '../../protocol/default-corpus.ts';
import { type Dialect, rowIds } from '../../protocol/dialect.ts';
import type { DialectPlan } from '../../protocol/dialect-plan.ts';
import { conversationSurvival, expectedShares } from '../../protocol/expected-requests.ts';
import { parseCorpus } from '../../protocol/parse-corpus.ts';
import type { RecordHeader } from '../../record/record.ts';
import { planSteps } from '../../verdict/plan-steps.ts';
import { mergeThresholds } from '../../verdict/threshold.ts';
import { appendSteps } from '../../workload/append-steps.ts';
import { buildProfile } from '../../workload/build-profile.ts';
import type { LoadProfile } from '../../workload/load-profile.ts';
import { steadyCeiling } from '../../workload/offered-load.ts';
import type { Scenario } from '../../workload/scenario.ts';
import type { Host } from '../host.ts';
import type { RunInput } from '../options/run-options.ts';
import { runOptions } from '../options/run-options.ts';
import { sqloadVersion } from '../version.ts';
import { candidatesOf } from './dialect-candidates.ts';
import { dialectPlanOf, playable, playableFirst } from './dialect-plan-of.ts';
import { asPlanned, foundSettings } from './dialect-settings.ts';
import { loadScenario } from './load-scenario.ts';
import { type PlannedMonitor, plannedMonitors } from './planned-monitors.ts';
import { describeSettings } from './print-config.ts';
import { readInputFile } from './read-input-file.ts';
import { requestHeaders, secretsOf } from './request-headers.ts';
import { isGiven, type RunSettings, resolveRunSettings } from './run-settings.ts';
import { scenarioValues } from './scenario-values.ts';
import { written } from './settings.ts';

/** A run with every question answered that can be answered before anything is sent. */
export interface SettledRun {
  readonly settings: RunSettings;
  readonly plan: RunPlan;
  readonly seed: string;
  /** PEM text; null: the authorities of Node. */
  readonly ca: string | null;
  /** Among which dialects the server is to be asked for its own before the load; none: that of the plan is settled. */
  readonly candidates: readonly DialectPlan[];
  /** The same run in the dialect that was found out. @throws SqloadError (exit 2) when its mix cannot be played in it. */
  readonly inDialect: (found: DialectPlan) => SettledRun;
  /** The header of the record but for what only the run itself can tell. */
  readonly facts: Omit<RecordHeader, 'startedAt' | 'target' | 'preflight' | 'slices'>;
}

/**
 * Reads the scenario, settles every setting, and computes the plan. Touches nothing. `reshape` may put another load in its place.
 * @throws SqloadError (exit 2) for anything that makes no sense.
 */
export function settleRun(
  host: Host,
  input: RunInput,
  reshape: (scenario: Scenario) => { readonly scenario: Scenario; readonly profile: LoadProfile | null } = (given) => ({
    scenario: given,
    profile: null,
  }),
): SettledRun {
  const { scenario, profile } = reshape(loadScenario(host, input.scenario));
  const settings = resolveRunSettings(host, input.settings, scenarioValues(scenario));
  const { apiKey, headers, ca, seed, corpus } = settings;
  const credentials = { host: settings.host.value, apiKey: apiKey.value, headers: headers.value };
  const requests = { basePath: settings.host.value?.basePath ?? '', headers: requestHeaders(credentials) };
  const origin = settings.host.value?.origin ?? null;
  const sources = { host, said: settings, rest: scenario.rest, requests, origin };
  const dialect = dialectPlanOf(sources);
  return assemble(
    {
      nodeVersion: host.nodeVersion,
      scenario,
      settings,
      profile: profile ?? buildProfile(scenario, overrides(settings)),
      corpus: corpus.value === null ? defaultCorpus : readCorpus(host, corpus.value),
      seed: seed.value ?? String(randomInt(2 ** 32)),
      ca: ca.value === null ? null : readCa(host, ca.value),
      secrets: [
        ...secretsOf(credentials),
        ...monitorSecrets(settings.monitors.value),
        ...(settings.counters.value === null ? [] : monitorUrlSecrets(settings.counters.value.url)),
      ],
    },
    dialect,
    playableFirst(candidatesOf(sources, dialect), settings.mix.value),
  );
}

/** All of a run but its dialect. */
interface Parts extends Pick<SettledRun, 'settings' | 'seed' | 'ca'> {
  readonly nodeVersion: string;
  readonly scenario: Scenario;
  readonly profile: LoadProfile;
  readonly corpus: Corpus;
  readonly secrets: readonly string[];
}

function assemble(parts: Parts, dialect: DialectPlan, candidates: SettledRun['candidates'], found = false): SettledRun {
  const { seed, ca } = parts;
  // Until it is known what auto stands for, nobody can say what it does not have.
  const open = parts.settings.dialect.value === 'auto' && !found;
  const mix = open ? parts.settings.mix : playable(parts.settings.mix, dialect);
  const settings = { ...(open ? parts.settings : asPlanned(parts.settings, dialect)), mix };
  const base = planOf(parts, settings, dialect);
  const plan = { ...base, profile: climbPast(parts, settings, { base, candidates }) };
  const described = describeSettings(runOptions, settings);
  return {
    settings,
    plan,
    seed,
    ca,
    candidates,
    inDialect: (other) => assemble(parts, other, [], true),
    facts: {
      ...factsOf(parts, settings, plan, candidates),
      settings: found ? { ...described, ...foundSettings(settings, dialect) } : described,
    },
  };
}

function factsOf(
  { nodeVersion, scenario, seed }: Parts,
  settings: RunSettings,
  plan: RunPlan,
  candidates: SettledRun['candidates'],
): Omit<SettledRun['facts'], 'settings'> {
  const dialect = createDialect(plan.dialect);
  const planned = plannedMonitors(settings);
  return {
    kind: 'header',
    format: 'sqload-record',
    version: 3,
    sqload: sqloadVersion(),
    node: nodeVersion,
    scenario: scenario.name,
    seed,
    rows: dialect.rows,
    sessionRows: dialect.sessionRows,
    monitors: planned.map(({ monitor }) => monitor),
    profile: plan.profile,
    load: loadOf(plan, dialect),
    thresholds: thresholdsOf(settings, scenario, plan, { dialects: [plan.dialect, ...candidates], monitors: planned }),
    workers: 1,
    allowed: { saturated: settings.allowSaturated.value, dropped: settings.allowDropped.value },
  };
}

/** The profile of the scenario, with the steps of --until-broken behind it. @throws SqloadError (exit 2) where there cannot be any. */
function climbPast(
  parts: Parts,
  settings: RunSettings,
  { base, candidates }: { readonly base: RunPlan; readonly candidates: SettledRun['candidates'] },
): LoadProfile {
  const { profile } = parts;
  const { untilBroken, maxUsers, slice } = settings;
  if (!untilBroken.value) return profile;
  if (slice.value !== null && slice.value.count > 1)
    throw usageError(
      `${written('until-broken', untilBroken.from)} and ${written('slice', slice.from)} exclude each other: a slice sees its own share of the requests only, so it cannot tell when the whole load breaks a limit.`,
      'Use --workers for more load from this machine, or step up by hand with --users.',
    );
  const dialect = createDialect(base.dialect);
  const dialects = [base.dialect, ...candidates];
  const ground = {
    thresholds: thresholdsOf(settings, parts.scenario, base, { dialects, monitors: plannedMonitors(settings) }),
    rows: dialect.rows,
    sessionRows: dialect.sessionRows,
    load: loadOf(base, dialect),
    think: base.think,
  };
  return appendSteps(profile, planSteps(profile, ground, maxUsers.from === 'default' ? null : maxUsers.value));
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
    climbsOn: settings.untilBroken.value,
    ...(isGiven(baseline) && baseline.value !== null ? { baseline: baseline.value } : {}),
  };
}

function planOf({ profile, corpus, secrets }: Parts, settings: RunSettings, dialect: DialectPlan): RunPlan {
  return {
    profile,
    flow: { mix: settings.mix.value, history: settings.history.value, corpus },
    think: settings.think.value,
    dialect,
    timeout: settings.timeout.value,
    stopTimeout: settings.stopTimeout.value,
    secrets,
  };
}

function loadOf(plan: RunPlan, dialect: Dialect): RecordHeader['load'] {
  const shares = expectedShares(plan.flow, plan.profile, plan.think);
  return {
    thinkMin: plan.think.min,
    thinkMax: plan.think.max,
    timeout: plan.timeout,
    stopTimeout: plan.stopTimeout,
    expectedShare: dialect.rows.map(({ id }) => shares[id]),
    steadyCeiling: steadyCeiling(plan.profile, plan.think, conversationSurvival(plan.flow)),
  };
}

function thresholdsOf(
  settings: RunSettings,
  scenario: Scenario,
  plan: RunPlan,
  { dialects, monitors }: { readonly dialects: readonly DialectPlan[]; readonly monitors: readonly PlannedMonitor[] },
): RecordHeader['thresholds'] {
  const { mix } = plan.flow;
  return mergeThresholds({
    defaults: settings.defaultThresholds.value,
    scenario: scenario.thresholds ?? [],
    option: isGiven(settings.thresholds) ? settings.thresholds.value : [],
    // A follow-up needs a conversation, so initial questions are asked wherever follow-ups are.
    rows: rowIds.map((id) => ({ id, weight: id === 'initial' ? mix.initial + mix['follow-up'] : mix[id] })),
    sessions: dialects.some((dialect) => 'transport' in dialect),
    hooks: settings.hooks.value !== null,
    monitors: monitors.map(({ monitor: { name }, measures }) => ({ name, measures })),
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
