import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRecord } from '../../src/io/record-store.ts';
import type { MonitorEvent } from '../../src/record/monitor.ts';
import { cleanUp, emptyFolder, needsBuild, runFolderIn, sqload, until } from './child.ts';

beforeAll(needsBuild);
afterAll(cleanUp);

/** What a busy machine does to the numbers is not what these tests are about. */
const judged = ['sustained', '-u', '6', '-r', '100/s', '--think', '20ms', '-t', '4s', '--allow-saturated'];

function recorded(out: string) {
  const record = readRecord(runFolderIn(out));
  const readings = [...record.events()].filter((event): event is MonitorEvent => event.kind === 'monitor');
  return { monitors: record.header.monitors, readings };
}

describe.concurrent('monitors of the built program', () => {
  test('the built-in server reports its thread and its heap', async () => {
    const out = emptyFolder();
    const { code, stdout } = await sqload([...judged, '--threshold', 'p95<5s', '--mock-latency', '5ms', '--out', out])
      .ended;
    const { monitors, readings } = recorded(out);
    expect(monitors).toMatchObject([{ name: 'server', cpu: { amount: 1 }, memory: { of: 'its heap limit' } }]);
    expect(readings.length).toBeGreaterThanOrEqual(4);
    for (const { cpu, memory } of readings) {
      expect(cpu).toBeGreaterThan(0);
      expect(cpu).toBeLessThanOrEqual(1);
      expect(memory).toBeGreaterThan(0);
    }
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/cpu<70% +< 70 % +[\d.]+ % .*passed/);
  });

  test.runIf(process.platform === 'linux')(
    'a server is watched by its number and by its port, each with its share',
    async () => {
      const server = sqload(['mock', '--port', '0', '--latency', '5ms']);
      await until(() => server.output.stdout.endsWith('\n'));
      const address = server.output.stdout.trim();
      const out = emptyFolder();
      const watching = [
        ...['--monitor', `pid:${server.process.pid}`, '--monitor', `web=port:${new URL(address).port}`],
        ...['--cpu-limit', '4', '--memory-limit', '4GB', '--threshold', 'p95<5s', '--threshold', 'web.cpu<95%'],
      ];
      const { code, stdout } = await sqload([...judged, '--host', address, ...watching, '--out', out]).ended;
      server.kill('SIGTERM');
      await server.ended;
      const { monitors, readings } = recorded(out);
      expect(monitors.map(({ name }) => name)).toEqual([`pid-${server.process.pid}`, 'web']);
      const [byNumber, byPort] = [0, 1].map((monitor) => readings.filter((reading) => reading.monitor === monitor));
      expect(byNumber?.length).toBeGreaterThanOrEqual(4);
      expect(byPort?.length).toBe(byNumber?.length);
      const memory = (of: readonly MonitorEvent[] = []) => Math.max(...of.map((reading) => reading.memory ?? 0));
      // A process of Node holds 30 MB to 300 MB of the 4 GB.
      expect(memory(byNumber)).toBeGreaterThan(0.0075);
      expect(memory(byNumber)).toBeLessThan(0.075);
      expect(Math.abs(memory(byNumber) - memory(byPort))).toBeLessThan(0.01);
      expect(Math.max(...(byPort ?? []).map(({ cpu }) => cpu ?? 0))).toBeGreaterThan(0.005);
      expect(code, stdout).toBe(0);
    },
  );

  test('the upstream server counts as many questions as were sent, health checks aside', async () => {
    const out = emptyFolder();
    const upstream = ['--dialect', 'upstream', '--mock-latency', '5ms', '--threshold', 'p95<5s', '--out', out];
    const { code, stdout } = await sqload([...judged, ...upstream]).ended;
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/The server counted as many questions as sqload sent: [1-9]\d/);
    expect(code, stdout).toBe(0);
  });

  test('a process that is not there is exit 2, and nothing is sent', async () => {
    const out = emptyFolder();
    const run = await sqload([...judged, '--monitor', 'port:1', '--out', out]).ended;
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/^sqload: The monitor port-1 cannot be read: .*\n {2}\S/);
    expect(() => runFolderIn(out)).toThrow('should hold one run folder');
  });
});
