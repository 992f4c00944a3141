import type { RunSeries, Span } from '../record/series.ts';

/** The seconds of the steady window that the record tells of as a whole; null when there are none. */
export function steadySpan({ header, seconds, end }: RunSeries): Span | null {
  const { steady } = header.profile;
  if (steady === null) return null;
  // The second in which a run broke off, or its record was cut, is not a whole one.
  const whole =
    end === null ? seconds.length - 1 : end.reason === 'completed' ? seconds.length : Math.floor(end.at / 1000);
  const span = { start: steady.start, end: Math.min(steady.end, whole) };
  return span.end > span.start ? span : null;
}
