#!/usr/bin/env node
// No import statement and no syntax newer than Node 10: an old Node must get as far as the sentence below.
const least = [20, 18, 1];
const own = process.versions.node.split('.').map(Number);
const differing = least.findIndex((part, i) => own[i] !== part);

if (differing >= 0 && own[differing] < least[differing]) {
  process.stderr.write(`sqload: needs Node ${least.join('.')} or newer, this is ${process.versions.node}.\n`);
  process.exitCode = 2;
} else {
  import('../dist/cli/node-host.js').then(
    (host) => host.runProcess(),
    (error) => {
      const notBuilt = error.code === 'ERR_MODULE_NOT_FOUND';
      process.stderr.write(
        notBuilt
          ? `sqload is not built, or not completely: run "npm install" in the clone first (${error.message}).\n`
          : `sqload: cannot start: ${error.stack}\n`,
      );
      process.exitCode = notBuilt ? 2 : 70;
    },
  );
}
