// Who may import whom under src/. scripts/check-layers.js runs these rules and the checks that are not about imports.

/** Level of each folder: a file imports from its own folder or from a lower level. */
export const levels = {
  core: 0,
  workload: 1,
  metrics: 1,
  statistics: 1,
  monitor: 1,
  protocol: 2,
  record: 2,
  engine: 3,
  mock: 3,
  verdict: 4,
  analysis: 5,
  compare: 5,
  report: 6,
  io: 7,
  cli: 8,
};

/** What users of the package import: re-exports, above every level. */
export const publicEntries = ['index.ts', 'mock.ts'];

/** Third-party packages, and the only files that import them, as patterns below src/. */
export const importers = {
  commander: ['cli/program\\.ts'],
  'hdr-histogram-js': ['metrics/histogram\\.ts'],
  'cli-table3': ['report/text-table\\.ts'],
  'csv-parse': ['report/parse-csv\\.ts'],
  'csv-stringify': ['report/csv\\.ts'],
  dotenv: ['cli/settings/settings\\.ts'],
  picocolors: ['report/style\\.ts'],
  yaml: ['workload/yaml-document\\.ts'],
  zod: ['record/codec\\.ts'],
};

const tests = '\\.test\\.ts$|^src/testing/';
const folders = (names) => `^src/(${names.join('|')})/`;
const isPackage = (names) => `(^|/)node_modules/(${names.join('|')})/`;

const names = Object.keys(levels);
const upward = names.flatMap((from) => {
  const higher = names.filter((to) => levels[to] > levels[from]);
  if (higher.length === 0) return [];
  return [rule(`upward-from-${from}`, { path: folders([from]), pathNot: tests }, { path: folders(higher) })];
});
const sideways = names.flatMap((from) => {
  const beside = names.filter((to) => to !== from && levels[to] === levels[from]);
  if (beside.length === 0) return [];
  return [rule(`sideways-from-${from}`, { path: folders([from]), pathNot: tests }, { path: folders(beside) })];
});
const singleImporters = Object.entries(importers).map(([name, files]) =>
  rule(
    `importer-of-${name}`,
    { path: '^src/', pathNot: `${tests}|^src/(${files.join('|')})$` },
    { path: isPackage([name]) },
  ),
);

function rule(name, from, to) {
  return { name, severity: 'error', from, to };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...upward,
    ...sideways,
    ...singleImporters,
    rule(
      'package-without-importer',
      { path: '^src/', pathNot: tests },
      { path: '(^|/)node_modules/', pathNot: isPackage(Object.keys(importers)) },
    ),
    rule('cycle', { path: '^src/' }, { circular: true }),
    rule('testing-is-for-tests', { path: '^src/', pathNot: tests }, { path: tests }),
    rule('entry-imported', { path: '^src/', pathNot: tests }, { path: '^src/[^/]+$' }),
    rule('leaves-src', { path: '^src/', pathNot: tests }, { path: '^(?!src/)', dependencyTypes: ['local'] }),
    rule(
      'builtin-below-io',
      { path: '^src/', pathNot: `${tests}|${folders(['io', 'cli'])}` },
      { dependencyTypes: ['core'] },
    ),
    rule('not-found', { path: '^src/' }, { couldNotResolve: true }),
  ],
  options: {
    // Types count: a layer that knows the types of a higher one depends on it.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
