import {
  type Exposition,
  type ExpositionSample,
  isSelected,
  type MetricSelector,
  parseExposition,
  parseSelector,
} from './exposition.ts';
import type { CpuUnit, Quantities } from './quantity.ts';
import type { Capacity, RawUsage, Series } from './usage.ts';

/** Metrics of CPU time that clients and agents export under the same name everywhere, the first that there is. */
const cpuMetrics = ['process_cpu_seconds_total', 'container_cpu_usage_seconds_total'];
const memoryMetrics = ['process_resident_memory_bytes', 'container_memory_working_set_bytes'];
const memoryLimit = 'container_spec_memory_limit_bytes';
const cpuQuota = 'container_spec_cpu_quota';
const cpuPeriod = 'container_spec_cpu_period';
const standard = new Set([...cpuMetrics, ...memoryMetrics, memoryLimit, cpuQuota, cpuPeriod]);

/** Reads CPU and memory out of expositions: by their standard names, or by those given. */
export class ExpositionReader {
  readonly #cpu: Selected<CpuUnit> | null;
  readonly #memory: Selected<'bytes' | 'percent' | 'ratio'> | null;
  readonly #standard: boolean;

  /** `given` null: standard names. @throws RangeError for a name that is none. */
  constructor(given: Quantities | null) {
    this.#standard = given === null;
    this.#cpu = given?.cpu ? { selector: parseSelector(given.cpu.from), unit: given.cpu.unit } : null;
    this.#memory = given?.memory ? { selector: parseSelector(given.memory.from), unit: given.memory.unit } : null;
  }

  /**
   * @throws RangeError, a clause, when samples of several containers stand there and nobody said which is meant.
   */
  read(text: string): { readonly usage: RawUsage; readonly limits: Partial<Capacity> } {
    const names = new Set([this.#cpu?.selector.name, this.#memory?.selector.name]);
    const exposition = parseExposition(text, (name) => (this.#standard ? standard.has(name) : names.has(name)));
    if (this.#standard) return readStandard(exposition);
    return { usage: { cpu: this.#readCpu(exposition), memory: this.#readMemory(exposition) }, limits: {} };
  }

  #readCpu({ samples, types }: Exposition): RawUsage['cpu'] {
    if (this.#cpu === null) return null;
    const { selector, unit } = this.#cpu;
    const series = seriesOf(samples.filter((sample) => isSelected(selector, sample)));
    if (series.length === 0) return null;
    const counts = types.get(selector.name) === 'counter' || /_total$/.test(selector.name);
    return { unit: unit === 'auto' ? (counts ? 'seconds' : 'cores') : unit, series };
  }

  #readMemory({ samples }: Exposition): RawUsage['memory'] {
    if (this.#memory === null) return null;
    const { selector, unit } = this.#memory;
    const series = seriesOf(samples.filter((sample) => isSelected(selector, sample)));
    return series.length === 0 ? null : { unit, value: total(series) };
  }
}

interface Selected<Unit> {
  readonly selector: MetricSelector;
  readonly unit: Unit;
}

function readStandard({ samples }: Exposition): { usage: RawUsage; limits: Partial<Capacity> } {
  const cpu = firstOf(cpuMetrics, samples);
  const memory = firstOf(memoryMetrics, samples);
  return {
    usage: {
      cpu: cpu.length === 0 ? null : { unit: 'seconds', series: cpu },
      memory: memory.length === 0 ? null : { unit: 'bytes', value: total(memory) },
    },
    limits: containerLimits(samples),
  };
}

/** Processes behind one address add up; of containers, pods and their sums stand in one list, so one must be chosen. */
function firstOf(names: readonly string[], samples: readonly ExpositionSample[]): readonly Series[] {
  for (const name of names) {
    const series = seriesOf(samples.filter((sample) => sample.name === name));
    if (series.length === 0) continue;
    if (series.length > 1 && name.startsWith('container_'))
      throw new RangeError(
        `it tells of ${series.length} containers: name one, as in ?cpu=${cpuMetrics[1]}{name="web"}&memory=${memoryMetrics[1]}{name="web"}`,
      );
    return series;
  }
  return [];
}

function containerLimits(samples: readonly ExpositionSample[]): Partial<Capacity> {
  const only = (name: string): number => {
    const found = samples.filter((sample) => sample.name === name);
    return found.length === 1 ? (found[0]?.value ?? Number.NaN) : Number.NaN;
  };
  const [bytes, cores] = [only(memoryLimit), only(cpuQuota) / only(cpuPeriod)];
  // 0, or more than any machine has, is how agents write that there is none.
  return {
    ...(bytes > 0 && bytes < 2 ** 60 ? { bytes } : {}),
    ...(cores > 0 && Number.isFinite(cores) ? { cores } : {}),
  };
}

const seriesOf = (samples: readonly ExpositionSample[]): readonly Series[] =>
  samples
    .filter(({ value }) => Number.isFinite(value) && value >= 0)
    .map(({ labels, value }) => ({ key: JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1))), value }));

const total = (series: readonly Series[]): number => series.reduce((sum, { value }) => sum + value, 0);
