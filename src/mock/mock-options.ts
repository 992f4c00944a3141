import { parseDuration } from '../core/duration.ts';
import { usageError } from '../core/errors.ts';
import { type Millis, seconds } from '../core/units.ts';
import { type Fault, parseFault } from './fault.ts';
import { defaultLatency, type LatencyLaw, parseLatency } from './latency-law.ts';
import { type McpReplies, type MockDialect, parseMockDialect, parseReplies } from './mock-dialect.ts';

/** How the reference server behaves. Plain data that can be sent to a thread; each value as on the command line, or parsed. */
export interface MockOptions {
  /** Port on 127.0.0.1; 0, the default, takes a free one. */
  readonly port?: number;
  /** What it speaks: `all`, the default, or one dialect, everything but which is then 404 (GET /health is always there). */
  readonly dialect?: MockDialect;
  /**
   * How it replies to requests of MCP over Streamable HTTP: `json` (the default) or `events`, a stream of server-sent events that
   * ends with the answer.
   */
  readonly replies?: McpReplies;
  /** Whether a handshake of MCP over Streamable HTTP opens a session, as it does by default. */
  readonly sessions?: boolean;
  /**
   * Time to answer a question: `p50=120ms,p95=350ms` (the default, lognormal), `p50=6s,p95=15s` as a language model takes, or a
   * constant like `80ms`. Whatever is no question takes a tenth.
   */
  readonly latency?: string | LatencyLaw;
  /** Requests served at once, the others queue; null, the default, is no limit. */
  readonly capacity?: number | null;
  /** An idle connection is closed after this, by default after `5s`; `0s` is never. */
  readonly idleClose?: string | Millis;
  /** What goes wrong, each like `500`, `reset:10%` or `slow:25%@30s-60s`, counted from the first request of the load. */
  readonly faults?: readonly (string | Fault)[];
  /** Asked for as Bearer token with every question and every request of MCP; null, the default, lets everyone in. */
  readonly apiKey?: string | null;
  /** The same seed and order of requests give the same latencies, faults and ids. */
  readonly seed?: string;
}

/** The same with nothing left open. */
export interface MockSettings {
  readonly port: number;
  readonly dialect: MockDialect;
  readonly replies: McpReplies;
  readonly sessions: boolean;
  readonly latency: LatencyLaw;
  readonly capacity: number | null;
  readonly idleClose: Millis;
  readonly faults: readonly Fault[];
  readonly apiKey: string | null;
  readonly seed: string;
}

/** Fills in the defaults. @throws SqloadError with exit code 2 that names the option which does not hold. */
export function settleMockOptions(options: MockOptions): MockSettings {
  const { port = 0, capacity = null, latency = defaultLatency, idleClose = seconds(5), faults = [] } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw wrong('port', 'must be a whole number from 0 to 65535', port);
  if (capacity !== null && !(Number.isInteger(capacity) && capacity >= 1))
    throw wrong('capacity', 'must be a whole number of at least 1', capacity);
  return {
    port,
    dialect: read('dialect', options.dialect ?? 'all', parseMockDialect),
    replies: read('replies', options.replies ?? 'json', parseReplies),
    sessions: options.sessions ?? true,
    latency: read('latency', latency, parseLatency),
    capacity,
    idleClose: read('idleClose', idleClose, parseDuration),
    faults: faults.map((fault) => read('faults', fault, parseFault)),
    apiKey: options.apiKey ?? null,
    seed: options.seed ?? 'sqload',
  };
}

function read<Value extends LatencyLaw | Fault | Millis | MockDialect | McpReplies>(
  name: string,
  value: string | Value,
  parse: (text: string) => Value,
): Value {
  if (typeof value !== 'string') return value;
  try {
    return parse(value);
  } catch (error) {
    if (error instanceof RangeError) throw wrong(name, error.message.replace(/, got "[\s\S]*"$/, ''), value);
    throw error;
  }
}

const wrong = (name: string, must: string, got: unknown) =>
  usageError(`The reference server's ${name} ${must}, got ${JSON.stringify(got)}.`);
