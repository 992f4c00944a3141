/**
 * What a number of a monitor means. CPU: `seconds` is a counter of CPU time, `cores` how many are busy; memory: `bytes`. Of both:
 * `percent` and `ratio` are shares of all that there is, 100 and 1 the whole of it. `auto`: a counter where the source says so or
 * the name ends like one (`_total`), cores otherwise.
 */
export type CpuUnit = 'auto' | 'seconds' | 'cores' | 'percent' | 'ratio';
export type MemoryUnit = 'bytes' | 'percent' | 'ratio';

/** Where a number stands (a metric, a query, a JSON pointer) and what it means. */
export interface Quantity<Unit> {
  readonly from: string;
  readonly unit: Unit;
}

/** What is measured of the CPU and of memory; null: it is not. */
export interface Quantities {
  readonly cpu: Quantity<CpuUnit> | null;
  readonly memory: Quantity<MemoryUnit> | null;
}

/** Names under which a source may be told where its numbers are. */
export const cpuNames: ReadonlyMap<string, CpuUnit> = new Map([
  ['cpu', 'auto'],
  ['cpu_seconds', 'seconds'],
  ['cpu_percent', 'percent'],
  ['cpu_ratio', 'ratio'],
]);
export const memoryNames: ReadonlyMap<string, MemoryUnit> = new Map([
  ['memory', 'bytes'],
  ['memory_percent', 'percent'],
  ['memory_ratio', 'ratio'],
]);

/** For error messages. */
export const quantityNames =
  'cpu (cores), cpu_seconds, cpu_percent, cpu_ratio, memory (bytes), memory_percent, memory_ratio';

/** What is known by these names, each measure once. @throws RangeError when a measure is named twice, or none is. */
export function quantitiesOf(pairs: readonly (readonly [name: string, from: string])[]): Quantities {
  let cpu: Quantities['cpu'] = null;
  let memory: Quantities['memory'] = null;
  for (const [name, from] of pairs) {
    if (from === '') throw new RangeError(`must say where ${name} is found: ${name}=…`);
    const cpuUnit = cpuNames.get(name);
    const memoryUnit = memoryNames.get(name);
    if (cpuUnit !== undefined && cpu === null) cpu = { from, unit: cpuUnit };
    else if (memoryUnit !== undefined && memory === null) memory = { from, unit: memoryUnit };
    else if (cpuUnit === undefined && memoryUnit === undefined)
      throw new RangeError(`must name what it measures: ${quantityNames}; "${name}" is none of them`);
    else
      throw new RangeError(`must name each measure once: ${cpuUnit === undefined ? 'memory' : 'cpu'} is there twice`);
  }
  if (cpu === null && memory === null) throw new RangeError(`must say what it measures: ${quantityNames}`);
  return { cpu, memory };
}
