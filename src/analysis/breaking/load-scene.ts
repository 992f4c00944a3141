import { millis } from '../../core/units.ts';
import type { RunSeries } from '../../record/series.ts';
import { offeredRate } from '../../workload/offered-load.ts';
import { meanThink, type ThinkTime } from '../../workload/think-time.ts';
import { eachDue } from '../due-counts.ts';
import { type CourseSecond, type LoadCourse, loadCourse } from './load-course.ts';

/** A run with a load that climbs, and how the server answered to it. */
export interface LoadScene {
  readonly series: RunSeries;
  readonly course: LoadCourse;
  readonly think: ThinkTime;
  /** Mean response time under the lowest load, s. */
  readonly baseResponse: number;
  /** By the second in which they were due: requests, successes, and the sum of all response times, s. */
  readonly due: DueSums;
}

export interface DueSums {
  readonly requests: readonly number[];
  readonly successes: readonly number[];
  readonly response: readonly number[];
  /** Initial questions among the requests; null without such a row. */
  readonly initial: readonly number[] | null;
}

/** Requests that tell the mean response time under the lowest load well enough. */
const leastRequests = 100;

/** null for a load that does not climb. */
export function loadScene(series: RunSeries): LoadScene | null {
  const { load } = series.header;
  const think = { min: load.thinkMin, max: load.thinkMax };
  const due = sumUp(series);
  const baseResponse = responseAtFirst(due);
  // Two rounds of thinking and asking, after which users who came together have lost step.
  const course = loadCourse(series, Math.ceil(2 * (meanThink(think) / 1000 + baseResponse)) + 1);
  return course === null ? null : { series, course, think, baseResponse, due };
}

/** How long a user takes from one request to the next under the lowest load, s. */
export const cycleOf = ({ think, baseResponse }: Pick<LoadScene, 'think' | 'baseResponse'>): number =>
  meanThink(think) / 1000 + baseResponse;

/**
 * Requests per second that a load comes to when it stands: of users by the response time law, with the response time that was measured around that load, so that
 * it does not count the many first requests of a climb.
 */
export function requestRateAt(scene: LoadScene, load: number): number {
  const { course, due, think } = scene;
  const near = (share: number): CourseSecond[] =>
    course.seconds.filter(({ from, to }) => to >= load * (1 - share) && from <= load * (1 + share));
  const around = near(0.05).length >= 5 ? near(0.05) : near(0.15);
  const count = total(around, due.requests);
  // What is asked for lags behind arrivals that rise, so that all of the run tells better how much one of them asks for.
  if (course.kind === 'open') return load * requestsPerArrival(scene);
  const response = count === 0 ? scene.baseResponse : total(around, due.response) / count;
  return offeredRate(load, think, millis(response * 1000));
}

/** Requests for each conversation that began; where no row tells how many did, for each that was planned. */
function requestsPerArrival({ course, due }: Pick<LoadScene, 'course' | 'due'>): number {
  const began = due.initial ?? course.seconds.map(({ from, to }) => (from + to) / 2);
  const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);
  return sum(due.requests) / Math.max(1, sum(began));
}

const total = (seconds: readonly CourseSecond[], values: readonly number[]): number =>
  seconds.reduce((sum, { second }) => sum + (values[second] ?? 0), 0);

function sumUp(series: RunSeries): DueSums {
  const blank = (): number[] => new Array<number>(series.seconds.length).fill(0);
  const [requests, successes, response] = [blank(), blank(), blank()];
  const initialRow = series.header.rows.findIndex(({ id }) => id === 'initial');
  const initial = blank();
  eachDue(series, ({ second, row, count, ms, ok }) => {
    if (row === initialRow) initial[second] = (initial[second] ?? 0) + count;
    requests[second] = (requests[second] ?? 0) + count;
    if (ok) successes[second] = (successes[second] ?? 0) + count;
    response[second] = (response[second] ?? 0) + (count * ms) / 1000;
  });
  return { requests, successes, response, initial: initialRow < 0 ? null : initial };
}

function responseAtFirst({ requests, response }: DueSums): number {
  let [count, time] = [0, 0];
  for (let second = 0; second < requests.length && count < leastRequests; second++) {
    count += requests[second] ?? 0;
    time += response[second] ?? 0;
  }
  return count === 0 ? 0 : time / count;
}
