declare const unit: unique symbol;
interface Unit<Name extends string> {
  readonly [unit]: Name;
}

/** A time or a span in milliseconds; may have a fraction. */
export type Millis = number & Unit<'ms'>;
/** A span in whole microseconds. */
export type Micros = number & Unit<'µs'>;
/** A rate: how many per second. */
export type PerSecond = number & Unit<'1/s'>;

export const millis = (value: number): Millis => value as Millis;
export const micros = (value: number): Micros => value as Micros;
export const perSecond = (value: number): PerSecond => value as PerSecond;
export const seconds = (value: number): Millis => (value * 1000) as Millis;

/** The time `span` after `at`. */
export const plus = (at: Millis, span: Millis): Millis => (at + span) as Millis;

/** Whichever comes first. */
export const earlier = (a: Millis, b: Millis): Millis => (a < b ? a : b);

/** Whichever comes last. */
export const later = (a: Millis, b: Millis): Millis => (a > b ? a : b);

/** The span from `from` to `to` in whole microseconds, never below 0. */
export const microsBetween = (from: Millis, to: Millis): Micros =>
  Math.max(0, Math.round((to - from) * 1000)) as Micros;
