import { type Millis, millis } from './units.ts';

const shape = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/;
const dayMillis = 86_400_000;

/**
 * Reads `2026-11-22T19:13:00.250Z` as milliseconds since 1970-01-01 UTC.
 * @throws RangeError when the text is not an instant of this form.
 */
export function parseUtc(text: string): Millis {
  const match = shape.exec(text);
  if (!match) throw new RangeError(`must be a UTC time like "2026-01-31T12:00:00Z", got "${text}"`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const fraction = Number(`0.${match[7] ?? '0'}`) * 1000;
  return millis(dayNumber(year, month, day) * dayMillis + ((hour * 60 + minute) * 60 + second) * 1000 + fraction);
}

/** Writes milliseconds since 1970-01-01 UTC as `2026-11-22T19:13:00Z`, cut to the whole second before. */
export function formatUtc(epoch: Millis): string {
  const days = Math.floor(epoch / dayMillis);
  const { year, month, day } = civil(days);
  const second = Math.floor((epoch - days * dayMillis) / 1000);
  const time = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60];
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${time.map((part) => pad(part, 2)).join(':')}Z`;
}

// Both directions count years from March, so that a leap day is the last of its year, and group them in eras of 400 years
// (146 097 days) which are all alike; month m of a March year begins on its day ⌊(153 m + 2) / 5⌋. 719 468 days lie between
// 0000-03-01 and 1970-01-01.

function dayNumber(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468;
}

function civil(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = ((marchMonth + 2) % 12) + 1;
  return {
    year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0');
