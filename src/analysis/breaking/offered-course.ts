import { millis } from '../../core/units.ts';
import { expectedSteps } from '../../workload/expected-steps.ts';
import type { LoadScene } from './load-scene.ts';

/**
 * Requests that would end in each second of the course of a closed load if no request ever waited: users who come ask at once, and again after
 * each round of thinking and being answered. In a climb that is more than the users that are there would ask for if they stood.
 */
export function closedOffer({ course, think, baseResponse }: LoadScene): number[] {
  const response = 1000 * baseResponse;
  const round = { min: millis(think.min + response), max: millis(think.max + response) };
  // By age of a user, who came in the middle of a second: requests that have ended.
  const ended = (seconds: number): number => expectedSteps(millis(seconds * 1000 - response), round);
  const byAge = course.seconds.map((_, age) => ended(age + 0.5) - ended(age - 0.5));
  return convolve(
    course.seconds.map(({ from, to }) => to - from),
    byAge,
  );
}

/**
 * The same of an open load, whose users ask for `conversation` requests each on average: after each request they go on
 * with the same chance, which is roughly how conversations end.
 */
export function openOffer(scene: LoadScene, conversation: number): number[] {
  const goesOn = 1 - 1 / Math.max(1, conversation);
  const { think, baseResponse } = scene;
  const [low, high] = [think.min / 1000 + baseResponse, Math.max(think.max, think.min + 1) / 1000 + baseResponse];
  // The chance that the next request comes so many seconds later, to the second.
  const within = (seconds: number): number => Math.min(1, Math.max(0, (seconds - low) / (high - low)));
  const pause = Array.from({ length: Math.ceil(high) + 1 }, (_, k) => within(k + 0.5) - within(k - 0.5));
  const offer: number[] = [];
  for (const [i, came] of arrivals(scene).entries()) {
    let asked = came;
    for (const [k, chance] of pause.entries()) asked += k > 0 ? goesOn * chance * (offer[i - k] ?? 0) : 0;
    // A pause of less than half a second comes back within the same second.
    offer.push(asked / (1 - goesOn * (pause[0] ?? 0)));
  }
  const late = Math.min(1, baseResponse);
  return offer.map((now, i) => (1 - late) * now + late * (offer[i - 1] ?? 0));
}

/** Mean number of requests of a conversation, from the first seconds of an open load until `until`: the one that explains how many were due. */
export function conversationLength(scene: LoadScene, until: number): number {
  const { course, due } = scene;
  const early = course.seconds.filter(({ second }) => second < until);
  const counted = early.reduce((sum, { second }) => sum + (due.requests[second] ?? 0), 0);
  let [low, high] = [1, 100];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    const offered = openOffer(scene, middle)
      .slice(0, early.length)
      .reduce((sum, each) => sum + each, 0);
    if (offered < counted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Conversations that began in each second of the course: each has one initial question. Without one, as many as were planned. */
export function arrivals({ course, due }: LoadScene): number[] {
  return course.seconds.map(({ second, from, to }) => due.initial?.[second] ?? (from + to) / 2);
}

function convolve(births: readonly number[], byAge: readonly number[]): number[] {
  const came = births.flatMap((count, at) => (count > 0 ? [{ at, count }] : []));
  return births.map((_, i) =>
    came.reduce((sum, { at, count }) => sum + (at <= i ? count * (byAge[i - at] ?? 0) : 0), 0),
  );
}
