import { counted, formatCount, formatPercent } from '../../core/format.ts';
import { tallyCount } from '../../metrics/tally.ts';

import { proportionInterval, rateSurelyAbove } from '../../verdict/interval.ts';
import type { Finding } from '../finding.ts';
import { inBrackets } from '../in-brackets.ts';
import { countNumber, risk } from './contrast.ts';
import type { LoadView } from './load-view.ts';
import { shown } from './shown.ts';

/** One pause in 200: fewer are single connections that were lost. */
const leastShare = 0.005;

/**
 * Users find their connection closed after a pause: the server's idle timeout lies within the think time. Think time is uniform,
 * so that the share of pauses that were too long tells the timeout.
 */
export function findStaleConnections(view: LoadView): Finding | null {
  const { header } = view.series;
  const kept = (name: string, value: string) => (header.settings[name]?.value ?? value) === value;
  // Only who has a connection alone, stays, and keeps it leaves it unused for exactly the think time.
  if (header.profile.arrivals !== null || !kept('keep-alive', 'keep') || !kept('connections', 'per-user')) return null;
  const seen = countConnections(view);
  const { pauses, closed, uncertain, retried, stale } = seen;
  if (pauses === 0 || !rateSurelyAbove(Math.max(0, closed - uncertain), pauses, leastShare, risk)) return null;
  const { low } = proportionInterval(Math.max(0, closed - uncertain), pauses);
  const { high } = proportionInterval(closed, pauses);
  const { thinkMin, thinkMax } = header.load;
  const after = (share: number): number => (thinkMax - share * (thinkMax - thinkMin)) / 1000;
  const bounded = thinkMax - thinkMin >= 100 && high < 1;
  const timeout = { value: bounded ? after(closed / pauses) : null, low: bounded ? after(high) : 0, high: after(low) };
  const crossed =
    retried + stale === 0
      ? ''
      : `; ${counted(retried + stale, 'request')} crossed the close, of which ${stale === 0 ? 'none' : formatCount(stale)} failed`;
  const idle =
    timeout.value === null
      ? `it closes them after ${inSeconds(timeout.high)} s without a request at the latest`
      : `it closes them after about ${inBrackets({ ...timeout, value: timeout.value }, { suffix: ' s' })} without a request`;
  return shown('stale-connections', {
    sentence: `After ${formatPercent(closed / pauses)} of the pauses the server had closed the connection${crossed}: ${idle}.`,
    cause: `The server's idle timeout is shorter than the think time of users (${inSeconds(thinkMin / 1000)} to ${inSeconds(thinkMax / 1000)} s)${whose(timeout)}. Each close costs the next request a connect.`,
    remedy: `A keep-alive timeout above the longest pause, and above that of any proxy in front: uvicorn --timeout-keep-alive 75, Node server.keepAliveTimeout = 75_000.`,
    numbers: [
      { name: 'idle_timeout', unit: 's', ...timeout },
      { name: 'closed_share', unit: '1', value: closed / pauses, low, high },
      countNumber('retried', 'requests', retried),
      countNumber('stale_failures', 'requests', stale),
    ],
    seconds: [{ start: 0, end: view.seconds.length }],
  });
}

interface Connections {
  /** Requests that came after a pause on a connection that was there before it. */
  readonly pauses: number;
  /** Of these, how many found it closed; of which `uncertain` may be others: closed with an error that the server answered, or streams. */
  readonly closed: number;
  readonly uncertain: number;
  readonly retried: number;
  readonly stale: number;
}

function countConnections({ series }: LoadView): Connections {
  let [requests, opened, retried, firsts, broken, refused, stale, users] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (const second of series.seconds) {
    opened += second.connections.opened;
    for (const tally of second.rows) requests += tallyCount(tally);
    retried += second.connections.retried;
    // Each user begins with a connection of its own.
    firsts += Math.max(0, second.users - users);
    users = second.users;
    for (const [kind, status, count] of second.rows.flatMap(({ failures }) => failures)) {
      if (kind === 'stale-connection') stale += count;
      if (kind.startsWith('http-')) refused += count;
      else if (status === 0 && kind !== 'unfinished') broken += count;
    }
  }
  // A connection that broke in the middle of a request has to be opened again too, and had no pause.
  const pauses = Math.max(0, requests - firsts - broken);
  const closed = Math.min(pauses, Math.max(0, opened - firsts - broken) + stale);
  // The set-up of a session may open a second connection, such as a stream of events.
  const seconds = series.header.sessionRows.length > 0 ? firsts : 0;
  return { pauses, closed, uncertain: Math.min(refused + seconds, closed), retried, stale };
}

function whose({ value, low, high }: { value: number | null; low: number; high: number }): string {
  const is = (seconds: number) => value !== null && low - 0.25 <= seconds && seconds <= high + 0.25;
  return is(5) ? '; 5 s is the default of uvicorn and of Node' : '';
}

const inSeconds = (seconds: number): string => `${Number(seconds.toFixed(2))}`;
