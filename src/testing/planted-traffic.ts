import { type Planted, steadyRequests } from './record-builder.ts';

/** Response times that look like those of a server: most near `base` ms, a tail behind them. */
const spread =
  (base: number) =>
  (i: number): number =>
    base + ((i * 37) % 60) + (i % 19 === 0 ? 170.25 : 0);

/** The guide's three rows, in about its mix, up to a second of the run. */
export const guideMix = (until: number): Planted[] => [
  ...steadyRequests(0, [0.2, until], 0.5, (i) => 3 + (i % 5) * 0.731),
  ...steadyRequests(1, [0.1, until], 0.16, spread(118)),
  ...steadyRequests(2, [0.3, until], 0.1, spread(131)),
];

/** What the timer that watches a load thread sees on a quiet machine. */
export const watched = (second: number): number[] =>
  Array.from({ length: 50 }, (_, i) => 0.3 + ((i * 7 + second) % 11) / 10);

/** Users of a second: two more each, up to four. */
export const climbing = (second: number): number => Math.min(4, 2 * (second + 1));
