// Holds the modules below src/ to the layers of the design: `node scripts/check-layers.js [folder that has src/]`.
// The rules about imports are in .dependency-cruiser.mjs; banned globals and lengths are in biome.json.
import { readdirSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { cruise } from 'dependency-cruiser';
import layers, { levels, publicEntries } from '../.dependency-cruiser.mjs';

const drawers = ['utils.ts', 'helpers.ts', 'types.ts', 'common.ts', 'constants.ts', 'misc.ts'];

const baseDir = resolve(process.argv[2] ?? '.');
const files = typeScriptFiles(join(baseDir, 'src')).map((file) => relative(baseDir, file).split(sep).join('/'));
const problems = [...misplaced(files), ...(await badImports(files))];

for (const problem of problems.sort()) process.stdout.write(`${problem}\n`);
process.stdout.write(
  problems.length === 0
    ? `layers: ${files.length} modules, every import is allowed\n`
    : `layers: ${files.length} modules, ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}\n`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

function typeScriptFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return typeScriptFiles(path);
    return /\.[cm]?tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** Files in no layer, drawers, and barrels. */
function misplaced(paths) {
  return paths.flatMap((path) => {
    const [, folder, ...rest] = path.split('/');
    if (rest.length === 0)
      return publicEntries.includes(folder) || folder.endsWith('.test.ts')
        ? []
        : [`${path}: unknown-entry: only ${publicEntries.join(' and ')} stand directly in src/`];
    if (folder !== 'testing' && !(folder in levels)) return [`${path}: unknown-folder: src/${folder}/ has no level`];
    const name = basename(path);
    if (name === 'index.ts') return [`${path}: barrel: import from the file that has the name`];
    return drawers.includes(name) ? [`${path}: drawer: name the file like what it exports`] : [];
  });
}

async function badImports(paths) {
  const { output } = await cruise(
    ['src'],
    { ...layers.options, ruleSet: { forbidden: layers.forbidden }, validate: true, baseDir, outputType: 'json' },
    layers.options.enhancedResolveOptions,
  );
  const { modules, summary } = JSON.parse(output);
  const seen = new Set(modules.map((module) => module.source));
  const unseen = paths.filter((path) => !seen.has(path)).map((path) => `${path}: not-read: the checker did not see it`);
  if (paths.length === 0) unseen.push('src: not-read: there are no modules to check');
  return [...unseen, ...summary.violations.map(line)];
}

function line({ from, to, rule, cycle }) {
  const via = cycle?.map((step) => step.name).join(' -> ');
  return `${from}: ${rule.name}: imports ${via ?? to}`;
}
