// Every benchmark prints one table: what, on which machine, the rows, and the bars with what was measured.
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { pinning } from './processes.js';

/** BENCH_QUICK=1: a fraction of the time, to see that a benchmark works. Its numbers mean little, and it says so. */
export const quick = process.env['BENCH_QUICK'] === '1';

/** On a quiet machine near 0: what others did before the benchmark began. */
const loadBefore = loadavg()[0];

/** Prints title, machine and versions. `lines` tell what else a reader must know to repeat it. */
export function printHead(title, lines = [], { pinned = pinning } = {}) {
  const cores = availableParallelism();
  const where = pinned ? 'generator and server pinned to a core each' : 'no process pinned to a core';
  print(title);
  print(`${cores} cores, ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}; ${where}`);
  print(`${new Date().toISOString().slice(0, 10)}; load average of the machine before it began: ${fixed(loadBefore)}`);
  if (quick) print('QUICK: shortened with BENCH_QUICK=1, these are not results');
  for (const line of lines) print(line);
  print('');
}

/** Prints rows of cells under their headings: the first column to the left, the others to the right. */
export function printTable(headings, rows) {
  const all = [headings, ...rows];
  const widths = headings.map((_, i) => Math.max(...all.map((row) => String(row[i]).length)));
  for (const row of all) {
    const cells = row.map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i])));
    print(cells.join('  ').trimEnd());
  }
  print('');
}

/** Prints the bars: [what, bar, measured, met], `met` null when it could not be measured. */
export function printBars(bars) {
  const words = (met) => (met === null ? 'not measured' : met ? 'met' : 'MISSED');
  printTable(
    ['bar', 'at', 'measured', ''],
    bars.map(([what, bar, measured, met]) => [what, bar, measured, words(met)]),
  );
}

/** 12345 as `12 345`. */
export const whole = (number) => String(Math.round(number)).replace(/\B(?=(\d{3})+$)/g, ' ');

export const fixed = (number, digits = 2) => number.toFixed(digits);

export const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

/** The version of a package in node_modules. */
export function packageVersion(name) {
  return JSON.parse(readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
}

export function print(line) {
  process.stdout.write(`${line}\n`);
}
