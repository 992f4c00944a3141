import { performance } from 'node:perf_hooks';
import { usageError } from '../../core/errors.ts';
import { createRedactor } from '../../core/redactor.ts';
import { ExpositionReader } from '../../monitor/exposition-usage.ts';
import { numberAt, parseJson, promqlNumber } from '../../monitor/json-number.ts';
import { describeMonitor, type HttpSource, type MonitorUrl, monitorSecrets } from '../../monitor/monitor-source.ts';
import type { CpuUnit, MemoryUnit, Quantities } from '../../monitor/quantity.ts';
import { type Capacity, type RawUsage, type Usage, UsageMeter } from '../../monitor/usage.ts';
import type { MonitorLimit } from '../../record/monitor.ts';
import { fetchText } from './fetch-text.ts';
import type { MonitorTls } from './https-answer.ts';
import { type AskedLimits, capacityOf, type Limits, limitsHere } from './limits.ts';
import type { Sampler, SamplerOptions } from './sampler.ts';

interface Reading {
  readonly usage: RawUsage;
  /** What the source says of its own limits. */
  readonly limits: Partial<Capacity>;
}

/**
 * Reads a source over HTTP once, and then whenever it is asked.
 * @throws SqloadError with exit code 2 when it cannot be read, measures nothing, or nobody says what its numbers are a share of.
 */
export async function httpSampler(
  name: string,
  source: HttpSource,
  { limits: asked, tls }: SamplerOptions,
): Promise<Sampler> {
  const fetchUsage = reader(source, tls);
  const { words, measures } = describeMonitor(source);
  const first = await firstReading(name, words, fetchUsage, source);
  const { usage } = first;
  const lacking = [measures.cpu && usage.cpu === null, measures.memory && usage.memory === null];
  // Of standard metrics one may be missing, of those that were named none.
  if (source.quantities === null ? lacking[0] && lacking[1] : lacking[0] || lacking[1])
    throw usageError(
      `The monitor ${name} cannot be read: ${words} does not tell ${whatOf(lacking)}.`,
      namesHint(source),
    );
  const limits = limitsOf(name, source, first, asked);
  const meter = new UsageMeter(capacityOf(limits));
  checkAmounts(name, words, usage, meter.read(usage, performance.now()));
  return {
    monitor: {
      name,
      source: words,
      cpu: usage.cpu === null ? null : limits.cpu,
      memory: usage.memory === null ? null : limits.memory,
    },
    async read() {
      const next = await fetchUsage();
      return meter.read(next.usage, performance.now());
    },
  };
}

/** Of a counter the first reading says nothing; of everything else it must be an amount. */
function checkAmounts(name: string, words: string, { cpu, memory }: RawUsage, shares: Usage): void {
  const amounts = [
    ...(cpu !== null && cpu.unit !== 'seconds' && shares.cpu === null ? cpu.series.map(({ value }) => value) : []),
    ...(memory !== null && shares.memory === null ? [memory.value] : []),
  ];
  if (amounts.length > 0)
    throw usageError(
      `The monitor ${name} cannot be read: ${words} tells ${amounts.join(' and ')}, which is no amount of CPU or memory.`,
      'It must be 0 or more, and at most a hundred times all that there is: look at its unit.',
    );
}

async function firstReading(
  name: string,
  words: string,
  fetchUsage: () => Promise<Reading>,
  source: HttpSource,
): Promise<Reading> {
  try {
    return await fetchUsage();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw usageError(`The monitor ${name} cannot be read: ${words}: ${problem}.`, reachHint(source, problem));
  }
}

/** What it throws holds no secret of the source. */
function reader(source: HttpSource, tls: MonitorTls): () => Promise<Reading> {
  const fetchUsage = plainReader(source, tls);
  const redact = createRedactor(monitorSecrets([{ name: null, source }]));
  return async () => {
    try {
      return await fetchUsage();
    } catch (error) {
      throw new Error(redact(error instanceof Error ? error.message : String(error)));
    }
  };
}

function plainReader(source: HttpSource, tls: MonitorTls): () => Promise<Reading> {
  const { url } = source;
  switch (source.kind) {
    case 'prometheus': {
      const exposition = new ExpositionReader(source.quantities);
      return async () => exposition.read(await fetchText(url.href, url, tls));
    }
    case 'promql':
      return async () => {
        const ask = async (query: string): Promise<number | null> =>
          promqlNumber(await fetchText(queryAddress(url, query), url, tls));
        return readingOf(source.quantities, ask);
      };
    case 'json':
      return async () => {
        const json = parseJson(await fetchText(url.href, url, tls));
        return readingOf(source.quantities, async (pointer) => numberAt(json, pointer));
      };
  }
}

/** Both at once, so that two answers take no longer than one. */
async function readingOf({ cpu, memory }: Quantities, ask: (from: string) => Promise<number | null>): Promise<Reading> {
  const [used, held] = await Promise.all([cpu && ask(cpu.from), memory && ask(memory.from)]);
  return {
    usage: {
      cpu: cpu && used !== null ? { unit: cpuUnit(cpu.unit), series: [{ key: '', value: used }] } : null,
      memory: memory && held !== null ? { unit: memory.unit, value: held } : null,
    },
    limits: {},
  };
}

/** A query gives what it gives: cores, unless it is said to be something else. */
const cpuUnit = (unit: CpuUnit): Exclude<CpuUnit, 'auto'> => (unit === 'auto' ? 'cores' : unit);

/** `GET /api/v1/query` below the server's own path, which may already be it. */
function queryAddress({ href }: MonitorUrl, query: string): string {
  const url = new URL(href);
  if (!url.pathname.endsWith('/api/v1/query')) url.pathname = `${url.pathname.replace(/\/$/, '')}/api/v1/query`;
  url.searchParams.set('query', query);
  return url.href;
}

/** What the numbers are a share of. A server on another machine does not have what this one has. */
function limitsOf(name: string, source: HttpSource, { usage, limits: told }: Reading, asked: AskedLimits): Limits {
  const here = limitsHere(asked, {}, '');
  const local =
    source.kind !== 'promql' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(source.url.href).hostname);
  const limit = (key: 'cpu' | 'memory', unit: CpuUnit | MemoryUnit | undefined): MonitorLimit => {
    if (unit === 'percent' || unit === 'ratio') return { amount: null, of: 'as it tells itself' };
    const [own, found] = key === 'cpu' ? [asked.cores, told.cores] : [asked.bytes, told.bytes];
    if (own === null && found !== undefined) return { amount: found, of: 'as it tells itself' };
    if (own !== null || local || unit === undefined) return here[key];
    const option = key === 'cpu' ? '--cpu-limit 2' : '--memory-limit 2GiB';
    throw usageError(
      `Nobody says what the monitor ${name} tells a share of: all of its ${key === 'cpu' ? 'CPU' : 'memory'} may be more or less than this machine has.`,
      `Give all of it with ${option}, or have it told as ${key}_percent or ${key}_ratio.`,
    );
  };
  return { cpu: limit('cpu', usage.cpu?.unit), memory: limit('memory', usage.memory?.unit) };
}

const whatOf = ([cpu, memory]: readonly boolean[]): string =>
  cpu && memory ? 'CPU or memory' : cpu ? 'what CPU was to be read from' : 'what memory was to be read from';

function namesHint(source: HttpSource): string {
  switch (source.kind) {
    case 'prometheus':
      return source.quantities === null
        ? 'It has none of the standard metrics: name those that it has, as in ?cpu=<metric>&memory=<metric>.'
        : 'Look at it with curl, and name metrics that are there.';
    case 'promql':
      return 'Try the query in the expression browser of Prometheus: it must give one number.';
    case 'json':
      return 'Look at it with curl: the JSON pointers must lead to numbers.';
  }
}

const pathHints: Readonly<Record<HttpSource['kind'], string>> = {
  prometheus: 'Give the whole address, with its path: expositions are often at /metrics.',
  promql: 'Give the address of a Prometheus itself, with the path before /api/v1/query if it has one.',
  json: 'Give the whole address of the JSON, with its path.',
};

function reachHint(source: HttpSource, problem: string): string {
  if (/name one|wrap it|refuses|must give/.test(problem)) return 'Correct the source of --monitor.';
  if (/status 40[13]/.test(problem))
    return 'Put credentials into its address: http://user:password@host/…; the API key of the server is not sent.';
  if (/status 404/.test(problem)) return pathHints[source.kind];
  return source.kind === 'promql'
    ? 'Give the address of a running Prometheus.'
    : 'Start what it reads from first, and try its address with curl.';
}
