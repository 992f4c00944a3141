import { type Random, seededRandom } from '../core/random.ts';
import { drawLatency, type LatencyLaw } from '../mock/latency-law.ts';

/** A server of so many places, whose requests are health checks, ten times as fast, with this chance. */
export interface QueueTruth {
  readonly places: number;
  readonly latency: LatencyLaw;
  readonly lightShare: number;
}

/** Users who think between 3 s and 7 s, or requests that come at random, per second. */
export type QueueLoad = { readonly users: number } | { readonly rate: number };

const requests = 300_000;

/** What users meet in the long run: the share of requests that take longer than `limit` ms, and the mean response time in ms. */
export interface LongRun {
  readonly above: number;
  readonly mean: number;
}

/** What a server is like in the long run: a plain event simulation of its own, so that it shares no fault with the engine. */
export function longRun(limit: number, load: QueueLoad, { places, latency, lightShare }: QueueTruth): LongRun {
  const random = seededRandom('long run');
  const free = new Agenda();
  for (let i = 0; i < places; i++) free.add(0);
  const due = new Agenda();
  const think = (): number => 3000 + 4000 * random.next();
  if ('users' in load) for (let i = 0; i < load.users; i++) due.add(think());
  else due.add(0);
  let [above, total] = [0, 0];
  for (let i = 0; i < requests; i++) {
    const at = due.take();
    const time = drawLatency(latency, random) * (random.next() < lightShare ? 0.1 : 1);
    const end = Math.max(at, free.take()) + time;
    free.add(end);
    due.add('users' in load ? end + think() : at + exponential(random) * (1000 / load.rate));
    if (i <= requests / 10) continue;
    total += end - at;
    if (end - at > limit) above += 1;
  }
  return { above: above / (0.9 * requests), mean: total / (0.9 * requests) };
}

const exponential = (random: Random): number => -Math.log(1 - random.next());

/** Times, of which the earliest comes first: a binary heap. */
class Agenda {
  readonly #times: number[] = [];

  add(time: number): void {
    const times = this.#times;
    let i = times.length;
    times.push(time);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = times[parent] ?? 0;
      if (above <= time) break;
      times[i] = above;
      i = parent;
    }
    times[i] = time;
  }

  take(): number {
    const times = this.#times;
    const first = times[0] ?? 0;
    const last = times.pop() ?? 0;
    if (times.length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= times.length) break;
      if ((times[child + 1] ?? Number.POSITIVE_INFINITY) < (times[child] ?? 0)) child += 1;
      const below = times[child] ?? 0;
      if (below >= last) break;
      times[i] = below;
      i = child;
    }
    times[i] = last;
    return first;
  }
}
