import type { StageName } from '../../workload/stage.ts';
import type { DialectChoice, McpVersionChoice } from '../options/dialect-values.ts';
import type { RunOptions } from '../options/run-options.ts';

/** `'90s'`, `'5m'`, `'1h30m'`, `'250ms'`; a bare number is seconds, as on the command line. */
export type Duration = number | string;

/** Values by name, as `initial=3,follow-up=5` on the command line. */
export type Named = Readonly<Partial<Record<string, string | number>>>;

/** Options that say where and how the command line writes: a program does that itself. */
type OnlyOnScreen = 'quiet' | 'color' | 'printConfig';

/**
 * The options of `sqload run`, as on the command line. `undefined` and an option that is left out both mean: as the scenario
 * says, or else the default.
 */
export interface LoadSettings extends Shape<Exclude<keyof RunOptions, OnlyOnScreen>> {
  /** Most virtual users at a time; the shape of the scenario scales with it. */
  readonly users?: number | string | undefined;
  /** Conversations that begin per second (`'5/s'`), whether or not the server keeps up, in place of `users`. */
  readonly rate?: number | string | undefined;
  /** How conversations of `rate` follow each other. */
  readonly arrivals?: 'even' | 'poisson' | undefined;
  /** Most users that `rate` may bring at a time; who arrives beyond it is dropped and counted. With `untilBroken`, where the climb ends. */
  readonly maxUsers?: number | string | undefined;
  /** Users started per second, evenly spaced. */
  readonly spawnRate?: number | string | undefined;
  /** Time from the first user to the last, or from no conversations to `rate`; in place of `spawnRate`. */
  readonly climb?: Duration | undefined;
  /** Length of the run; the shape of the scenario scales with it. */
  readonly runTime?: Duration | undefined;
  /** Load before and after a spike: a number of users, or a share like `'10%'`. */
  readonly baseline?: number | string | undefined;
  /** The same seed gives the same schedule, pauses and conversations; drawn for each run when left out. */
  readonly seed?: number | string | undefined;
  /** Load and run time by the guide's schedule, of what is expected in production. */
  readonly stage?: StageName | undefined;
  /** Users at a time that are expected in production, of which `stage` takes its share. */
  readonly expectedUsers?: number | string | undefined;
  /** Conversations per second that are expected in production, of which `stage` takes its share. */
  readonly expectedRate?: number | string | undefined;
  /** Threads that play the load; `'auto'` is one for each core that is left. The default is 1. */
  readonly workers?: number | 'auto' | undefined;
  /** Play one share of the run, like `'2/8'`; needs `seed` and `host`. */
  readonly slice?: string | undefined;
  /** Get ready and wait: `'14:30:00'`, an ISO 8601 time, or a Date at most a day ahead. */
  readonly startAt?: Date | string | undefined;
  /** Address of the server to test, with a base path if it has one; without it the built-in server is tested. */
  readonly host?: string | undefined;
  /** Key for `Authorization: Bearer <key>`; taken out of everything that the run tells. */
  readonly apiKey?: string | undefined;
  /** Headers for every request, as `'Name: value'` or by name. */
  readonly headers?: readonly string[] | Readonly<Record<string, string>> | undefined;
  /** Accept any TLS certificate. */
  readonly insecure?: boolean | undefined;
  /** Path of a PEM file: the certificate authority to trust. */
  readonly ca?: string | undefined;
  /** Longest time for one request, connecting included; 60 s by default. */
  readonly timeout?: Duration | undefined;
  /** Time for requests still in flight when the run ends; 30 s by default. */
  readonly stopTimeout?: Duration | undefined;
  /** Try the server before the load; true by default. */
  readonly preflight?: boolean | undefined;
  /** What the server speaks; `'guide'` by default, `'auto'` finds out before the load. */
  readonly dialect?: DialectChoice | undefined;
  /** Paths of guide, docs and upstream, by row. */
  readonly paths?: Named | undefined;
  /** Revision of MCP; `'auto'` by default. */
  readonly mcpVersion?: McpVersionChoice | undefined;
  /** Path of the MCP endpoint; of the stream with mcp-sse. */
  readonly mcpPath?: string | undefined;
  /** How mcp-tool reaches the server. */
  readonly mcpTransport?: 'streamable-http' | 'sse' | undefined;
  /** Health check of an MCP server: a path to GET, or `'ping'`. */
  readonly mcpHealth?: string | undefined;
  /** MCP tools to call, by kind of question; with mcp-tool also one name for all. */
  readonly tools?: string | Named | undefined;
  /** Arguments of the tool of mcp-tool: JSON with placeholders, or `'@file.json'`. */
  readonly toolArguments?: string | Readonly<Record<string, unknown>> | undefined;
  /** Where the answer of the tool of mcp-tool holds conversation, session, question and done: JSON pointers. */
  readonly toolReply?: string | Named | undefined;
  /** `'per-user'`, or `'shared:<n>'`: at most n for all. */
  readonly connections?: string | undefined;
  /** `'keep'`, `'off'`, or the time after which an idle connection is not used again. */
  readonly keepAlive?: Duration | undefined;
  /** Send a request that crosses the close of a used connection once more; true by default. */
  readonly staleRetry?: boolean | undefined;
  /** Resume TLS sessions. */
  readonly tlsResumption?: boolean | undefined;
  /** Pause of a user after each step: `'3s-7s'`, or one duration. */
  readonly think?: Duration | undefined;
  /** How often each request is chosen; a name left out is 0. */
  readonly mix?: string | Named | undefined;
  /** What follow-ups carry: all turns so far, or the first. */
  readonly history?: 'growing' | 'static' | undefined;
  /** Path of a YAML or JSON file: the conversations that users hold. */
  readonly corpus?: string | undefined;
  /** Path of a file with hooks. */
  readonly hooks?: string | undefined;
  /** What watches the CPU and memory of the server, like `['port:8000', 'db=prometheus:http://db:9100/metrics']`. */
  readonly monitors?: readonly string[] | undefined;
  /** Cores that are all of a monitor's CPU; else the quota of its control group, or all of this machine. */
  readonly cpuLimit?: number | string | undefined;
  /** Memory that is all of a monitor's own, like `'2GiB'`; else the limit of its control group, or all of this machine. */
  readonly memoryLimit?: number | string | undefined;
  /** Compare what was sent with what the server counted: `'<url>#/pointer'` or `'prometheus:<url>?counter=<metric>'`. */
  readonly counters?: string | undefined;
  /** What the run must keep, like `['p95<500ms', 'error_rate<1%']`. */
  readonly thresholds?: readonly string[] | undefined;
  /** Judge by the guide's thresholds too; true by default. */
  readonly defaultThresholds?: boolean | undefined;
  /** End the run as soon as a limit on response times or errors is clearly broken. */
  readonly abortOnFail?: boolean | undefined;
  /** Climb on past the scenario in steps of more users, until such a limit breaks or `maxUsers` is reached. */
  readonly untilBroken?: boolean | undefined;
  /** Judge the run although sqload itself was too busy or too late to be sure of its numbers; only warn. */
  readonly allowSaturated?: boolean | undefined;
  /** Judge the run although arrivals were dropped; only warn. */
  readonly allowDropped?: boolean | undefined;
  /** Where the folder of the run is made, with its record and every report. Left out: nothing is written, and the record stays in memory. */
  readonly out?: string | undefined;
  /** What to call this run in `history.csv`, which has a line for each run below `out`; kept in its record. */
  readonly label?: string | undefined;
  /** Write `<prefix>_stats.csv` and its siblings, with the columns of Locust. */
  readonly csv?: string | undefined;
  /** Give each row a line of its own for each second in the history. */
  readonly csvFullHistory?: boolean | undefined;
  /** How long answers of the built-in server take: `'p50=120ms,p95=350ms'`, or one duration. */
  readonly mockLatency?: string | undefined;
  /** How many requests the built-in server works on at once. */
  readonly mockCapacity?: number | string | undefined;
  /** What the built-in server does wrong, like `['500:10%@30s-60s']`. */
  readonly mockFaults?: readonly string[] | undefined;
}

/** Every option of the command line, so that none is forgotten here. */
type Shape<Keys extends PropertyKey> = { readonly [Key in Keys]?: unknown };
