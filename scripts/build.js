// Compiles src/ to dist/. The old dist stays whole until the new one is, and a failed build leaves none,
// so that nobody runs yesterday's code by mistake.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
/** What the compiler does not carry over, from src/ to the same place in dist/. */
const dataFiles = ['report/comparison.schema.json', 'report/summary.schema.json'];

function build(out) {
  const args = [compiler(), '-p', join(root, 'tsconfig.build.json'), '--outDir', out];
  const compiled = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (compiled.status !== 0) throw new Error('the compiler found the errors above');
  if (existsSync(join(out, 'testing')))
    throw new Error('src/testing/ came along: a file that ships imports it ("npm run layers" names it)');
  for (const file of dataFiles) {
    const from = join(root, 'src', file);
    if (existsSync(from)) cpSync(from, join(out, file));
  }
}

function compiler() {
  try {
    return createRequire(import.meta.url).resolve('typescript/bin/tsc');
  } catch {
    throw new Error('TypeScript is not installed; run "npm ci" without --omit=dev');
  }
}

// git ignores every folder named dist, so that a build that is cut off leaves nothing to commit.
const scratch = mkdtempSync(join(root, '.build-'));
try {
  const next = join(scratch, 'dist');
  build(next);
  rmSync(dist, { recursive: true, force: true });
  renameSync(next, dist);
} catch (error) {
  rmSync(dist, { recursive: true, force: true });
  process.stderr.write(`build failed: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
