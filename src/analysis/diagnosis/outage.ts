import { clockTime } from '../../core/clock-time.ts';
import { formatCount, formatPercent } from '../../core/format.ts';
import type { FailureCount } from '../../metrics/tally.ts';
import type { SeriesSecond } from '../../record/series.ts';
import type { Finding } from '../finding.ts';
import { countNumber, risk } from './contrast.ts';
import type { LoadView } from './load-view.ts';
import { failureWords, isServers, mostFrequentFailure } from './server-failures.ts';
import { shown } from './shown.ts';

/** Shorter stretches without a success are a hiccup, s. */
const leastLength = 3;
const leastFailed = 10;

/** Seconds, `end` excluded, in which requests ended and none succeeded. */
interface Outage {
  readonly start: number;
  readonly end: number;
  readonly failed: number;
}

/** What ended in a second, by how it ended. */
interface Ended {
  readonly ok: number;
  readonly failed: number;
}

/** Nothing succeeds for a while, or from some moment on, while requests succeeded before or afterwards. */
export function findOutage({ series }: LoadView): Finding | null {
  const seconds = series.seconds.slice(0, series.header.profile.seconds).map(endedIn);
  const found = outagesIn(seconds);
  const longest = found.reduce((most, each) => (each.failed > most.failed ? each : most), found[0] ?? none);
  const inside = found.reduce((sum, { failed }) => sum + failed, 0);
  const ok = seconds.reduce((sum, each) => sum + each.ok, 0);
  const failed = seconds.reduce((sum, each) => sum + each.failed, 0) - inside;
  // Were failures as likely then as in the rest of the run, so many would follow each other with this chance, wherever they began.
  const chance = seconds.length * (failed / (failed + ok)) ** longest.failed;
  if (longest === none || ok === 0 || chance > risk) return null;
  const most = mostFrequentFailure(series.seconds.slice(longest.start, longest.end));
  if (most === null) return null;
  const others = found.length - 1;
  const more =
    others === 0 ? '' : ` There ${others === 1 ? 'was one more such stretch' : `were ${others} more such stretches`}.`;
  return shown('outage', {
    sentence: `From ${clockTime(longest.start)} ${longest.end >= seconds.length ? 'on' : `to ${clockTime(longest.end)}`} none of ${formatCount(longest.failed)} requests succeeded, mostly ${failureWords(most)}; of the other ${formatCount(ok + failed)}, ${formatPercent(ok / (ok + failed))} did.${more}`,
    ...causeOf(most),
    numbers: [
      countNumber('outage', 's', longest.end - longest.start),
      countNumber('failed', 'requests', longest.failed),
      countNumber('outages', '1', found.length),
    ],
    seconds: found.map(({ start, end }) => ({ start, end })),
  });
}

const none: Outage = { start: 0, end: 0, failed: 0 };

function endedIn({ rows }: SeriesSecond): Ended {
  let [ok, failed] = [0, 0];
  for (const tally of rows) {
    for (let i = 4; i < tally.ok.length; i += 2) ok += tally.ok[i] ?? 0;
    for (const failure of tally.failures) if (isServers(failure)) failed += failure[2];
  }
  return { ok, failed };
}

/** From the first failure of each stretch to its last. */
function outagesIn(seconds: readonly Ended[]): readonly Outage[] {
  const outages: Outage[] = [];
  let open = none;
  for (const [second, { ok, failed }] of [...seconds, { ok: 1, failed: 0 }].entries())
    if (ok > 0) {
      if (open.end - open.start >= leastLength && open.failed >= leastFailed) outages.push(open);
      open = none;
    } else if (failed > 0)
      open = { start: open === none ? second : open.start, end: second + 1, failed: open.failed + failed };
  return outages;
}

function causeOf([kind, status]: FailureCount): Pick<Finding, 'cause' | 'remedy'> {
  if (kind === 'refused' || kind === 'reset' || kind === 'dns')
    return {
      cause: 'The server, or the proxy in front of it, stopped or restarted.',
      remedy:
        'Read its log and that of its supervisor for these seconds: a crash, an end for lack of memory, a deployment.',
    };
  if (kind === 'timeout')
    return {
      cause: 'The server hung, or waited for something that all requests need.',
      remedy: 'Find out what requests waited for in these seconds, and give such waits a timeout.',
    };
  if (status === 502 || status === 503 || status === 504)
    return {
      cause: 'The proxy in front had no server to pass requests to, or the server refused all of them.',
      remedy: 'Read the logs of the proxy and of the server for these seconds: a restart, a failed health check.',
    };
  return {
    cause: 'Something that all requests need failed, such as a database or a model.',
    remedy: 'Read the server’s log for these seconds.',
  };
}
