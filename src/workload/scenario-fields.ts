import { isSensitiveHeader } from '../core/redactor.ts';
import { type Millis, type PerSecond, perSecond } from '../core/units.ts';
import { duration, flag, line, percent, type Reader, scalar, shortName, wholeNumber } from './field-reader.ts';
import { type ArrivalProcess, arrivalProcesses } from './load-profile.ts';
import type { Baseline, PhaseShape, ScenarioRow } from './scenario.ts';
import { parseStage, type StageName } from './stage.ts';
import type { ThinkTime } from './think-time.ts';

/** Most users that a scenario may ask for, and most conversations in a second. */
const mostUsers = 100_000;

/** Reads `10/s`, or a bare number; NaN for any other text. */
const perSecondOf = (value: unknown): number =>
  Number(/^(\d+(?:\.\d+)?)(?:\s*\/\s*s)?$/.exec(scalar(value))?.[1] ?? Number.NaN);

const spawnRate: Reader<PerSecond> = (value) => {
  const rate = perSecondOf(value);
  if (!(rate > 0 && rate <= mostUsers))
    throw new RangeError(`must be a number of users per second like 10/s, above 0 and at most ${mostUsers}/s`);
  return perSecond(rate);
};

const arrivalRate: Reader<PerSecond> = (value) => {
  const rate = perSecondOf(value);
  if (!(rate > 0 && rate <= mostUsers))
    throw new RangeError(`must be a number of conversations per second like 50/s, above 0 and at most ${mostUsers}/s`);
  return perSecond(rate);
};

const stage: Reader<StageName> = (value) => parseStage(scalar(value));

const arrivals: Reader<ArrivalProcess> = (value) => {
  const process = arrivalProcesses.find((name) => name === value);
  if (process === undefined) throw new RangeError(`must be ${arrivalProcesses.join(' or ')}`);
  return process;
};

const baseline: Reader<Baseline> = (value) => {
  if (Number.isInteger(value)) return { kind: 'users', users: wholeNumber(0, mostUsers)(value) };
  if (/%$/.test(scalar(value))) return { kind: 'share', share: percent(value) };
  throw new RangeError('must be a whole number of users or a share of them like 10%');
};

const positive: Reader<Millis> = (value) => {
  const span = duration(value);
  if (span <= 0) throw new RangeError('must be a duration above 0');
  return span;
};

const runTime: Reader<Millis> = (value) => {
  const span = duration(value);
  if (span < 1000 || span % 1000 !== 0) throw new RangeError('must be a whole number of seconds, at least 1s');
  return span;
};

const think: Reader<ThinkTime> = (value) => {
  const [low = '', high = low, ...rest] = scalar(value).split('-');
  const range = { min: duration(low), max: duration(high) };
  if (rest.length > 0 || range.min > range.max)
    throw new RangeError('must be one duration, or a shorter and a longer one like 3s-7s');
  return range;
};

const history: Reader<'growing' | 'static'> = (value) => {
  if (value !== 'growing' && value !== 'static') throw new RangeError('must be growing or static');
  return value;
};

const seed: Reader<string> = (value) => {
  if (scalar(value) === '') throw new RangeError('must be a text or a number');
  return scalar(value);
};

const host: Reader<string> = (value) => {
  const text = scalar(value);
  if (/^[^/]*\/\/[^/]*@/.test(text))
    throw new RangeError('holds a user name; a secret does not belong in a file, set SQLOAD_HOST in the environment');
  if (!/^https?:\/\/[^\s/]/i.test(text) || !URL.canParse(text))
    throw new RangeError('must be an address like http://localhost:8000');
  return text;
};

const weight: Reader<number> = (value) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw new RangeError('must be a number of 0 or more');
  return value;
};

export const path: Reader<string> = (value) => {
  if (!/^\/[\x21\x22\x24-\x7e]*$/.test(scalar(value)))
    throw new RangeError('must be a path that begins with / and has no space and no #');
  return scalar(value);
};

/** A level as a file may write it: a count becomes a share once the target is known. */
export type WrittenLevel = PhaseShape['level'] | { readonly kind: 'count'; readonly count: number };

/** The rate of a phase as a file may write it: a level, or the way to one with where it begins and how long it takes. */
export interface WrittenRate {
  readonly level: WrittenLevel;
  /** null: not said. */
  readonly from: WrittenLevel | null;
  /** `phase`: as long as the phase; null: not said. */
  readonly over: Millis | 'phase' | null;
  readonly text: string;
}

const phaseLevel: Reader<WrittenLevel> = (value) => {
  if (value === 'baseline') return { kind: 'baseline' };
  if (Number.isInteger(value)) return { kind: 'count', count: wholeNumber(0, mostUsers)(value) };
  if (!/%$/.test(scalar(value)))
    throw new RangeError('must be baseline, a percentage of the users like 100%, or a whole number of users');
  return { kind: 'share', share: percent(value) };
};

const phaseRate: Reader<WrittenRate> = (value) => {
  const text = scalar(value);
  const [, from, to = '', over] = /^(?:(.+?)\s*(?:→|->)\s*)?(.+?)(?:\s+over\s+(.+))?$/.exec(text) ?? [];
  const level = rateLevel(to);
  const start = from === undefined ? null : rateLevel(from);
  if (level === null || (from !== undefined && start === null))
    throw new RangeError(
      'must be a rate like 20/s, a percentage of the rate like 50%, baseline, or a way like 0 → 50/s over 2m',
    );
  return {
    level,
    from: start,
    over: over === undefined ? (start === null ? null : 'phase') : positive(over),
    text,
  };
};

function rateLevel(text: string): WrittenLevel | null {
  if (text === 'baseline') return { kind: 'baseline' };
  if (text.endsWith('%')) return { kind: 'share', share: percent(text) };
  const rate = perSecondOf(text);
  return rate <= mostUsers ? { kind: 'count', count: rate } : null;
}

const phaseLength: Reader<PhaseShape['length']> = (value) => {
  if (/%$/.test(scalar(value))) return { kind: 'share', share: aboveZero(percent(value)) };
  try {
    return { kind: 'span', span: positive(value) };
  } catch {
    throw new RangeError('must be a percentage of the run time like 40%, or a duration like 30s, above 0');
  }
};

function aboveZero(share: number): number {
  if (share === 0) throw new RangeError('must be above 0%');
  return share;
}

/** Reads the value of one header. The value of one that carries a secret is never shown, nor accepted from a file. */
export function headerField(name: string): Reader<{ name: string; value: string }> {
  return (value) => {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw new RangeError('is not the name of a header');
    if (isSensitiveHeader(name))
      throw new RangeError(
        'carries a secret, which does not belong in a file; set SQLOAD_API_KEY or SQLOAD_HEADER in the environment',
      );
    if (!/^[\t\x20-\x7e\u0080-\u00ff]+$/.test(scalar(value)))
      throw new RangeError('must be a text of printable characters on one line');
    return { name, value: scalar(value) };
  };
}

/** What is read on its own: the value is there. */
export const nested: Reader<unknown> = (value) => {
  if (value === null) throw new RangeError('must be a list or a mapping');
  return value;
};

/** The keys of a scenario file. What is `nested` is read with the readers below. */
export const scenarioFields = {
  name: shortName,
  description: line,
  users: wholeNumber(1, mostUsers),
  rate: arrivalRate,
  arrivals,
  max_users: wholeNumber(1, mostUsers),
  spawn_rate: spawnRate,
  climb: positive,
  run_time: runTime,
  baseline,
  stage,
  expected_users: wholeNumber(1, mostUsers),
  expected_rate: arrivalRate,
  phases: nested,
  think,
  mix: nested,
  history,
  corpus: line,
  hooks: line,
  host,
  dialect: line,
  paths: nested,
  mcp: nested,
  rest: nested,
  headers: nested,
  insecure: flag,
  ca: line,
  timeout: positive,
  stop_timeout: duration,
  preflight: flag,
  connections: line,
  keep_alive: scalar,
  stale_retry: flag,
  tls_resumption: flag,
  seed,
  monitors: nested,
  cpu_limit: scalar,
  memory_limit: line,
  thresholds: nested,
  default_thresholds: flag,
  abort_on_fail: flag,
  until_broken: flag,
  allow_dropped: flag,
  mock: nested,
} as const;

export const phaseFields = {
  name: shortName,
  users: phaseLevel,
  rate: phaseRate,
  for: phaseLength,
  climb: shortName,
  over: duration,
} as const;

export const mixFields = { health: weight, initial: weight, 'follow-up': weight, automatic: weight } satisfies Record<
  ScenarioRow,
  Reader<number>
>;

export const pathFields = { health: path, initial: path, 'follow-up': path, automatic: path } satisfies Record<
  ScenarioRow,
  Reader<string>
>;

export const mockFields = { latency: line, capacity: wholeNumber(1, 1_000_000), fault: nested } as const;
