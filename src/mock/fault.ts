import { didYouMean } from '../core/did-you-mean.ts';
import { formatDuration, parseDuration } from '../core/duration.ts';
import type { Random } from '../core/random.ts';
import type { Millis } from '../core/units.ts';

/**
 * What the reference server can do wrong. A fault hits questions and health checks; the set-up and the end of sessions, and
 * requests that are refused, are spared, and so is what a fault has no way to hit.
 *
 * Any of them:
 * - `slow`: works ten times as long;
 * - `500`: answers status 500 with plain text, as an unhandled exception does;
 * - `429`: refuses at once with `retry-after: 1`, without taking a place in the queue;
 * - `reset`: resets the connection in place of the answer;
 * - `hang`: never answers and keeps the connection open (over HTTP+SSE: takes the message, and no event follows);
 * - `truncated`: announces the whole body, sends half of it and closes (over HTTP+SSE: half of the event, and the stream is cut);
 * - `not-json`: status 200 with HTML, like a proxy's page (over HTTP+SSE the text in the result of a tool).
 *
 * Questions only:
 * - `missing-ids`: success without conversation_id and session_id;
 * - `slow-500`: what the upstream does when its language model fails: three attempts, 1.5 s longer than usual, then status 500
 *   (over MCP, a result that says so);
 * - `done`: `next_batch_needed: false` at once; the guide and the docs have no such field.
 *
 * MCP only:
 * - `is-error`: status 200, `isError: true` in the result of a tool;
 * - `rpc-error`: status 200 with a JSON-RPC error, code -32603;
 * - `lost-session`: forgets the session of the request, and answers at once like a server that does not know it;
 * - `cut-events`: the stream of events ends in good order before the answer;
 * - `priming`: before the answer an event with empty data, and notifications;
 * - `crlf`: CRLF at the end of each line of the events, as they are over HTTP+SSE anyway.
 *
 * The last three make the server reply with events to a request of Streamable HTTP.
 *
 * All but `429`, `hang` and `lost-session` take the usual time first.
 */
export const faultKinds = [
  ...(['slow', '500', '429', 'reset', 'hang', 'truncated', 'not-json'] as const),
  ...(['missing-ids', 'slow-500', 'done'] as const),
  ...(['is-error', 'rpc-error', 'lost-session', 'cut-events', 'priming', 'crlf'] as const),
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** One planted fault: which, how often, and when. Plain data. */
export interface Fault {
  /** What goes wrong. */
  readonly kind: FaultKind;
  /** Share of the requests that it hits, above 0 and at most 1. */
  readonly share: number;
  /** When it begins, counted from the first request of the load. */
  readonly from: Millis;
  /** When it is over; null: never. */
  readonly to: Millis | null;
}

/** Sent by sqload's preflight to its own server only: such a request meets no fault and does not start the fault clock. */
export const preflightHeader = 'x-sqload-preflight';

const shape = /^([^:@]*)(?::([^@]*))?(?:@(.*))?$/s;

/**
 * Reads `kind[:share][@from-to]`: `500`, `reset:10%`, `slow:0.25@30s-60s`, `hang:5%@30s-`.
 * @throws RangeError saying what the fault must be; the caller adds where it stood.
 */
export function parseFault(text: string): Fault {
  const [, name = '', share, span] = shape.exec(text.trim()) ?? [];
  const kind = faultKinds.find((known) => known === name.trim());
  if (kind === undefined) {
    const near = didYouMean(name.trim(), faultKinds);
    throw new RangeError(
      `must begin with one of ${faultKinds.join(', ')}${near === null ? '' : `; did you mean ${near}?`}`,
    );
  }
  const { from, to } = span === undefined ? { from: 0 as Millis, to: null } : readWindow(span);
  return { kind, share: share === undefined ? 1 : readShare(share.trim()), from, to };
}

/** Writes a fault as `parseFault` reads it. */
export function formatFault({ kind, share, from, to }: Fault): string {
  const part = share === 1 ? '' : `:${Number((share * 100).toPrecision(12))}%`;
  const always = from === 0 && to === null;
  return `${kind}${part}${always ? '' : `@${formatDuration(from)}-${to === null ? '' : formatDuration(to)}`}`;
}

/**
 * The fault that hits a request which arrives `elapsed` after the load began: the first of the list whose time it is and
 * whose share the draw falls into. Draws once for each fault, so that one fault does not move the draws of another.
 */
export function drawFault(faults: readonly Fault[], elapsed: Millis, random: Random): FaultKind | null {
  let hit: FaultKind | null = null;
  for (const { kind, share, from, to } of faults) {
    const drawn = random.next() < share;
    if (hit === null && drawn && elapsed >= from && (to === null || elapsed < to)) hit = kind;
  }
  return hit;
}

function readShare(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text);
  const share = Number(match?.[1]) / (match?.[2] === '%' ? 100 : 1);
  if (!(share > 0 && share <= 1)) throw new RangeError('must have a share like 10% or 0.1 after its colon');
  return share;
}

function readWindow(text: string): Pick<Fault, 'from' | 'to'> {
  const [from = '', to, ...rest] = text.split('-').map((word) => word.trim());
  if (to === undefined || rest.length > 0) throw notAWindow();
  const window = { from: readTime(from), to: to === '' ? null : readTime(to) };
  if (window.to !== null && window.to <= window.from) throw new RangeError('must end after it begins');
  return window;
}

function readTime(text: string): Millis {
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof RangeError) throw notAWindow();
    throw error;
  }
}

const notAWindow = (): RangeError => new RangeError('must have a time like @30s-60s or @30s- at its end');
