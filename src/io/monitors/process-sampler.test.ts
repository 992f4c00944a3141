import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { SqloadError } from '../../core/errors.ts';
import { burning, holding, type PlantedChild, plantChild, withChild } from '../../testing/planted-child.ts';
import type { AskedLimits } from './limits.ts';
import { type ProcessSource, processSampler } from './process-sampler.ts';
import type { Sampler } from './sampler.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

const named = { name: 'it', words: 'a process' };
const nothing: AskedLimits = { cores: null, bytes: null };

async function planted(code: string): Promise<PlantedChild> {
  const child = await plantChild(code);
  cleanups.push(() => child.end());
  return child;
}

/** CPU, in cores, as the sampler and as the process itself tell it, over the same 2.5 s. */
async function compared(sampler: Sampler, child: PlantedChild) {
  await sampler.read();
  const before = await child.ask();
  await sleep(2500);
  const { cpu } = await sampler.read();
  const after = await child.ask();
  return { told: cpu ?? Number.NaN, own: (after.cpu - before.cpu) / (after.at - before.at) };
}

describe.runIf(process.platform === 'linux')('processSampler() of real processes', () => {
  test.each([
    ['a process', burning],
    ['the child of a process', withChild(burning)],
  ])(
    'is within 3 points of what %s says of its own CPU',
    async (_, code) => {
      const child = await planted(code);
      const sampler = processSampler({ kind: 'pid', pid: child.pid }, named, { cores: 1, bytes: null });
      const { told, own } = await compared(sampler, child);
      expect(own).toBeGreaterThan(0.1);
      expect(Math.abs(told - own)).toBeLessThan(0.03);
    },
    20_000,
  );

  test('is within 3 points of what a process says of its own memory', async () => {
    const child = await planted(holding(200e6));
    const sampler = processSampler({ kind: 'pid', pid: child.pid }, named, { cores: null, bytes: 400e6 });
    const { memory } = await sampler.read();
    const { resident } = await child.ask();
    expect(resident).toBeGreaterThan(200e6);
    expect(Math.abs((memory ?? 0) - resident / 400e6)).toBeLessThan(0.03);
  });

  test('finds the process that listens on a port, and counts from its first reading', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => server.close());
    const { port } = server.address() as { port: number };
    const sampler = processSampler({ kind: 'port', port }, named, { cores: 1, bytes: 1e9 });
    expect(await sampler.read()).toMatchObject({ cpu: null });
    const before = process.cpuUsage();
    const start = performance.now();
    const until = start + 300;
    while (performance.now() < until);
    const { cpu, memory } = await sampler.read();
    const { user, system } = process.cpuUsage(before);
    expect(cpu).toBeGreaterThan((0.5 * (user + system)) / 1000 / (performance.now() - start));
    // This process and its children.
    expect(memory).toBeGreaterThan((process.memoryUsage.rss() * 0.9) / 1e9);
  });

  test('a process that ends is told as such, and not as one that rests', async () => {
    const child = await planted(burning);
    const sampler = processSampler({ kind: 'pid', pid: child.pid }, named, nothing);
    await sampler.read();
    await child.end();
    await expect(sampler.read()).rejects.toThrow(`the process ${child.pid} has ended`);
  });
});

/** Folders of a system with these files; a link is a text that begins with `->`. */
function system(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'sqload-proc-'));
  cleanups.push(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (text.startsWith('->')) symlinkSync(text.slice(2), join(root, path));
    else writeFileSync(join(root, path), text);
  }
  return { proc: join(root, 'proc'), cgroup: join(root, 'cgroup') };
}

const process7 = {
  'proc/7/stat': '7 (web) S 1 7 7 0 -1 0 0 0 0 0 50 0 0 0 20 0 1 0 99 0 0',
  'proc/7/status': 'VmRSS:\t 1000 kB\n',
};

function limits(files: Readonly<Record<string, string>>, asked = nothing) {
  const { monitor } = processSampler({ kind: 'pid', pid: 7 }, named, asked, system({ ...process7, ...files }));
  return [monitor.cpu, monitor.memory];
}

describe('processSampler() on planted systems', () => {
  const here = [
    { amount: cpus().length, of: 'this machine' },
    { amount: totalmem(), of: 'this machine' },
  ];

  test('takes all of the machine where no control group says less', () => {
    expect(limits({})).toEqual(here);
    expect(
      limits({ 'proc/7/cgroup': '0::/a\n', 'cgroup/a/memory.max': 'max\n', 'cgroup/a/cpu.max': 'max 100000\n' }),
    ).toEqual(here);
    expect(limits({ 'proc/7/cgroup': '0::/a\n', 'cgroup/a/memory.max': '99999999999999\n' })).toEqual(here);
  });

  test('takes the least of the control groups of version 2 that the process is in', () => {
    const files = {
      'proc/7/cgroup': '0::/pods/web\n',
      'cgroup/pods/web/memory.max': 'max\n',
      'cgroup/pods/memory.max': '10000000\n',
      'cgroup/pods/web/cpu.max': '50000 100000\n',
      'cgroup/pods/cpu.max': '150000 100000\n',
    };
    const group = 'its control group';
    expect(limits(files)).toEqual([
      { amount: 0.5, of: group },
      { amount: 10_000_000, of: group },
    ]);
    expect(limits(files, { cores: 3, bytes: 5e6 })).toEqual([
      { amount: 3, of: '--cpu-limit' },
      { amount: 5e6, of: '--memory-limit' },
    ]);
  });

  test('knows control groups of version 1, and the root of a container', () => {
    const group = 'its control group';
    const one = {
      'proc/7/cgroup': '4:memory:/docker/x\n3:cpu,cpuacct:/docker/x\n',
      'cgroup/memory/memory.limit_in_bytes': '20000000\n',
      'cgroup/cpu/cpu.cfs_quota_us': '25000\n',
      'cgroup/cpu/cpu.cfs_period_us': '100000\n',
    };
    expect(limits(one)).toEqual([
      { amount: 0.25, of: group },
      { amount: 20_000_000, of: group },
    ]);
    expect(limits({ 'proc/7/cgroup': '0::/../x\n', 'cgroup/memory.max': '30000000\n' })[1]).toEqual({
      amount: 30_000_000,
      of: group,
    });
  });

  const refusal = (source: ProcessSource, files: Readonly<Record<string, string>>): SqloadError => {
    try {
      processSampler(source, named, nothing, system({ ...process7, ...files }));
    } catch (error) {
      if (error instanceof SqloadError) return error;
    }
    throw new Error('nothing was refused');
  };
  const listening = (inode: number) => ({
    'proc/net/tcp': `sl\n 0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000 1000 0 ${inode} 1\n`,
  });

  test('what cannot be watched is exit 2, with what to do', () => {
    expect(refusal({ kind: 'pid', pid: 8 }, {})).toMatchObject({
      exitCode: 2,
      message: 'The monitor it cannot be read: there is no process 8 that can be seen.',
    });
    expect(refusal({ kind: 'port', port: 8000 }, {}).message).toContain(
      'no process of this machine listens on port 8000',
    );
    expect(refusal({ kind: 'port', port: 8000 }, listening(55)).message).toContain('may not see which process listens');
  });

  test('finds who listens by its open files', async () => {
    const files = { ...listening(55), 'proc/7/fd/3': '->socket:[55]', 'proc/7/fd/4': '->/dev/null' };
    const folders = system({ ...process7, ...files });
    const sampler = processSampler({ kind: 'port', port: 8000 }, named, { cores: 1, bytes: 2_048_000 }, folders);
    expect(await sampler.read()).toEqual({ cpu: null, memory: 0.5 });
  });
});
