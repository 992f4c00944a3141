import { usageError } from '../../core/errors.ts';

/** When a run is to begin, as the user said it: a moment (ms since 1970), or a time of any day on the clock of this machine. */
export type StartTime =
  | { readonly kind: 'moment'; readonly at: number }
  | { readonly kind: 'time of day'; readonly hours: number; readonly minutes: number; readonly seconds: number };

const mustBe = 'must be a time like 14:30, 14:30:15 or 2026-03-01T14:30:00Z';
const day = 24 * 60 * 60 * 1000;
/** A time of day that is further ahead has probably just passed. */
const longestWait = day / 2;

/** Reads `HH:MM`, `HH:MM:SS` or ISO 8601 with date and time, local where it names no zone. @throws RangeError saying what it must be. */
export function parseStartTime(text: string): StartTime {
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (clock) {
    const [hours, minutes, secs] = [clock[1], clock[2], clock[3] ?? '0'].map(Number) as [number, number, number];
    if (hours > 23 || minutes > 59 || secs > 59) throw new RangeError(mustBe);
    return { kind: 'time of day', hours, minutes, seconds: secs };
  }
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  // Date.parse() takes 30 February for 2 March.
  const known = Number.isNaN(Date.parse(text.slice(0, 10))) || isDay(text.slice(0, 10));
  if (Number.isNaN(at) || !known) throw new RangeError(mustBe);
  return { kind: 'moment', at };
}

const isDay = (date: string): boolean => new Date(date).toISOString().startsWith(date);

/** The start as it is kept in the record. */
export const showStartTime = (start: StartTime): string =>
  start.kind === 'moment'
    ? new Date(start.at).toISOString()
    : [start.hours, start.minutes, start.seconds].map((part) => String(part).padStart(2, '0')).join(':');

/**
 * The moment of the start: a time of day is the next one, unless it has passed less than half a day ago. ms since 1970.
 * @throws SqloadError (exit 2) when it has passed, or is more than a day ahead.
 */
export function startMoment(start: StartTime, now: Date): number {
  if (start.kind === 'time of day') return nextTimeOfDay(start, now);
  const ahead = start.at - now.getTime();
  if (ahead <= 0)
    throw usageError(
      `--start-at ${showStartTime(start)} has passed: it is ${now.toISOString()}.`,
      'Give a time that leaves every machine the few seconds that it needs to get ready.',
    );
  if (ahead > day)
    throw usageError(
      `--start-at ${showStartTime(start)} is more than 24 h ahead.`,
      `It is ${now.toISOString()} now: check the date.`,
    );
  return start.at;
}

function nextTimeOfDay(start: Extract<StartTime, { kind: 'time of day' }>, now: Date): number {
  const at = new Date(now);
  at.setHours(start.hours, start.minutes, start.seconds, 0);
  const passed = at.getTime() <= now.getTime();
  if (passed) at.setDate(at.getDate() + 1);
  // Just missed rather than meant for tomorrow: the other slices have begun.
  if (passed && at.getTime() - now.getTime() > longestWait)
    throw usageError(
      `--start-at ${showStartTime(start)} has passed today.`,
      `Give a later time, or for tomorrow the date as well: ${at.toISOString()}.`,
    );
  return at.getTime();
}
