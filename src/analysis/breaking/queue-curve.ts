import { millsRatio } from '../../statistics/mills-ratio.ts';

/** A server that works on several requests at a time, and users who think between them; times in seconds. */
export interface ClosedQueue {
  /** Requests per second that the server can answer at most. */
  readonly capacity: number;
  readonly think: number;
  /** Response time without a queue. */
  readonly service: number;
  /** How far the numbers at the server swing, against those of exponential service times: 1, and less where service is more even. */
  readonly spread: number;
}

/**
 * Throughput when users offer `offered` requests a second, which is their number ÷ (think time + service time). It follows the offer, then
 * stays at the capacity, and bends between the two, since now and then too many think at once and places stay empty.
 *
 * The diffusion limit of the machine repair model (Halfin and Whitt, 1981; Iglehart, 1965): the users at the server in excess of its places are
 * normal on either side of 0, with the spread of the thinkers above (each thinks for `think`) and that of the places below.
 * For service times that are not exponential both are stretched by `spread`, the root of half the variability of arrivals and service
 * (Whitt, A diffusion approximation for the G/GI/n/m queue, 2004).
 */
export function closedThroughput(offered: number, { capacity, think, service, spread }: ClosedQueue): number {
  const cycle = think + service;
  const places = capacity * service;
  if (think <= 0 || service <= 0 || spread <= 0) return Math.min(offered, capacity);
  const excess = (offered - capacity) * cycle;
  const excessBelow = (excess * service) / cycle;
  const [above, below] = [spread * Math.sqrt(capacity * think), spread * Math.sqrt((places * think) / cycle)];
  const weightAbove = above * millsRatio(-excess / above);
  const weightBelow = below * millsRatio(excessBelow / below);
  // Far above the knee no place is ever empty.
  if (weightAbove === Number.POSITIVE_INFINITY) return capacity;
  const idle = (weightBelow / (weightAbove + weightBelow)) * (below / millsRatio(excessBelow / below) - excessBelow);
  return capacity * Math.max(0, 1 - idle / places);
}
