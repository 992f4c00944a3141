import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SqloadError } from '../../core/errors.ts';
import { parseMonitor } from '../../monitor/monitor-source.ts';
import type { AskedLimits } from './limits.ts';
import { openSampler } from './open-sampler.ts';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const given: AskedLimits = { cores: 2, bytes: 1e9 };
const tls = { insecure: false, ca: null };
const none: AskedLimits = { cores: null, bytes: null };

const open = (text: string, asked = given) =>
  openSampler({ name: 'it', source: parseMonitor(text).source }, { limits: asked, tls });

/** Answers the n-th request with the n-th text, and then with the last. */
function answering(address: string, ...texts: readonly string[]) {
  const requests: Request[] = [];
  server.use(
    http.get(address, ({ request }) => {
      requests.push(request);
      return new HttpResponse(texts[Math.min(requests.length, texts.length) - 1]);
    }),
  );
  return requests;
}

async function refusal(text: string, asked = given): Promise<SqloadError> {
  const error = await open(text, asked).catch((caught: unknown) => caught);
  if (!(error instanceof SqloadError)) throw new Error(`was not refused: ${error}`);
  expect(error.exitCode).toBe(2);
  expect(error.hint).not.toBe('');
  return error;
}

const scalar = (value: number | string) =>
  JSON.stringify({ status: 'success', data: { resultType: 'scalar', result: [0, String(value)] } });

describe('an exposition', () => {
  test('of a real process of Node: CPU from the growth of its counter, resident memory', async () => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    server.use(http.get('http://localhost:9/metrics', async () => new HttpResponse(await registry.metrics())));
    const sampler = await open('prometheus:http://localhost:9/metrics', { cores: 1, bytes: 1e9 });
    expect(sampler.monitor).toMatchObject({
      source: 'the exposition at http://localhost:9/metrics',
      cpu: { amount: 1, of: '--cpu-limit' },
      memory: { amount: 1e9 },
    });
    await sampler.read();
    const before = process.cpuUsage();
    const start = performance.now();
    while (performance.now() < start + 300);
    const { cpu, memory } = await sampler.read();
    const { user, system } = process.cpuUsage(before);
    const own = (user + system) / 1000 / (performance.now() - start);
    expect(Math.abs((cpu ?? 0) - own)).toBeLessThan(0.1 * own + 0.03);
    expect(Math.abs((memory ?? 0) - process.memoryUsage.rss() / 1e9)).toBeLessThan(0.03);
    registry.clear();
  });

  test('takes the limits that a container tells', async () => {
    answering(
      'http://cadvisor/metrics',
      'container_cpu_usage_seconds_total 7\ncontainer_memory_working_set_bytes 5e8\ncontainer_spec_memory_limit_bytes 2e9\ncontainer_spec_cpu_quota 50000\ncontainer_spec_cpu_period 100000\n',
    );
    const { monitor, read } = await open('prometheus:http://cadvisor/metrics', none);
    expect(monitor).toMatchObject({ cpu: { amount: 0.5 }, memory: { amount: 2e9 } });
    expect(await read()).toEqual({ cpu: 0, memory: 0.25 });
  });

  test('measures what it has of the standard metrics, and refuses to watch nothing', async () => {
    answering('http://a/metrics', 'process_resident_memory_bytes 2.5e8\n');
    expect((await open('prometheus:http://a/metrics')).monitor).toMatchObject({ cpu: null, memory: { amount: 1e9 } });
    answering('http://b/metrics', '<html>Hello</html>');
    expect((await refusal('prometheus:http://b/metrics')).message).toBe(
      'The monitor it cannot be read: the exposition at http://b/metrics does not tell CPU or memory.',
    );
    expect(
      (await refusal('prometheus:http://a/metrics?cpu=nosuch&memory=process_resident_memory_bytes')).message,
    ).toContain('does not tell what CPU was to be read from');
  });

  test('says with status 404 which address is asked for', async () => {
    for (const [source, address, hint] of [
      ['prometheus:http://no/x', 'http://no/x', 'expositions are often at /metrics'],
      ['promql:http://no?cpu=up', 'http://no/api/v1/query', 'the path before /api/v1/query'],
      ['json:http://no/j#cpu_ratio=/a', 'http://no/j', 'the whole address of the JSON'],
    ] as const) {
      server.use(http.get(address, () => new HttpResponse('', { status: 404 })));
      expect((await refusal(source)).hint).toContain(hint);
    }
  });

  test('of another machine needs limits, since this machine is no measure of it', async () => {
    answering('http://far/metrics', 'process_cpu_seconds_total 1\nprocess_resident_memory_bytes 1\nshare 60\n');
    expect((await refusal('prometheus:http://far/metrics', none)).hint).toContain('--cpu-limit 2');
    expect((await refusal('prometheus:http://far/metrics', { cores: 1, bytes: null })).hint).toContain(
      '--memory-limit 2GiB',
    );
    const told = await open('prometheus:http://far/metrics?cpu_percent=share', none);
    expect(told.monitor).toMatchObject({ cpu: { amount: null }, memory: null });
    expect(await told.read()).toEqual({ cpu: 0.6, memory: null });
    answering('http://127.0.0.1:9/metrics', 'process_cpu_seconds_total 1\n');
    expect((await open('prometheus:http://127.0.0.1:9/metrics', none)).monitor.cpu?.of).toBe('this machine');
  });
});

describe('PromQL', () => {
  test('asks both queries, and reads cores and bytes', async () => {
    const asked: (string | null)[] = [];
    server.use(
      http.get('http://prom:9090/api/v1/query', ({ request }) => {
        const query = new URL(request.url).searchParams.get('query');
        asked.push(query);
        return new HttpResponse(scalar(query === 'sum(mem)' ? 2.5e8 : 0.5));
      }),
    );
    const sampler = await open('promql:http://prom:9090?cpu=sum(rate(cpu{pod=~"web-.+"}[1m]))&memory=sum(mem)');
    expect(asked).toEqual(['sum(rate(cpu{pod=~"web-.+"}[1m]))', 'sum(mem)']);
    expect(await sampler.read()).toEqual({ cpu: 0.25, memory: 0.25 });
  });

  test('stands below a path of its own', async () => {
    answering('http://h/prom/api/v1/query', scalar(0.9));
    expect(await (await open('promql:http://h/prom/?cpu_ratio=x', none)).read()).toEqual({ cpu: 0.9, memory: null });
  });

  test('a query of several series, or of none, is refused', async () => {
    const vector = (...result: unknown[]) =>
      JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
    answering('http://prom/api/v1/query', vector({ value: [0, '1'] }, { value: [0, '2'] }));
    expect((await refusal('promql:http://prom?cpu=x')).message).toContain('gives 2 series: wrap it in sum');
    answering('http://none/api/v1/query', vector());
    expect((await refusal('promql:http://none?cpu=x')).message).toContain('does not tell what CPU was to be read from');
  });
});

describe('JSON', () => {
  test('reads numbers at pointers, in each unit', async () => {
    answering('http://h/stats', JSON.stringify({ a: { load: '50', rss: 2.5e8, time: 3 } }));
    expect(await (await open('json:http://h/stats#cpu_percent=/a/load&memory=/a/rss')).read()).toEqual({
      cpu: 0.5,
      memory: 0.25,
    });
    expect(await (await open('json:http://h/stats#cpu_seconds=/a/time')).read()).toEqual({ cpu: 0, memory: null });
    expect((await refusal('json:http://h/stats#cpu=/b')).message).toContain('does not tell what CPU');
  });
});

describe('what is read over HTTP', () => {
  test('carries its own credentials and no others, and shows none of them', async () => {
    const requests = answering('http://h/stats', '{"cpu_ratio":0.5}');
    await open('json:http://me:p%40ss-word@h/stats?token=abcdefgh#/cpu_ratio');
    const [request] = requests;
    expect(request?.headers.get('authorization')).toBe(`Basic ${btoa('me:p@ss-word')}`);
    expect([...(request?.headers.keys() ?? [])].sort()).not.toContain('x-api-key');
    server.use(http.get('http://h/stats', () => HttpResponse.json({ status: 'error' }, { status: 401 })));
    const { message, hint } = await refusal('json:http://me:p%40ss-word@h/stats?token=abcdefgh#/cpu_ratio');
    expect(message).toBe('The monitor it cannot be read: JSON at http://h/stats: it answers with status 401.');
    expect(message + hint).not.toMatch(/p@ss-word|p%40ss|abcdefgh/);
  });

  test('keeps secrets out of what the source itself says', async () => {
    answering(
      'http://h/api/v1/query',
      JSON.stringify({ status: 'error', error: 'bad token abcdefgh\u001b[2J of me:secret-pw' }),
    );
    const { message } = await refusal('promql:http://me:secret-pw@h?token=abcdefgh&cpu=x');
    expect(message).toContain('refuses the query: bad token [redacted]');
    expect(message).not.toContain('secret-pw');
    expect(message).not.toContain('\u001b');
  });

  test('follows no redirect', async () => {
    let led = false;
    server.use(
      http.get('http://h/stats', () => HttpResponse.redirect('http://elsewhere/stats', 302)),
      http.get('http://elsewhere/stats', () => {
        led = true;
        return HttpResponse.json({ cpu_ratio: 0.5 });
      }),
    );
    expect((await refusal('json:http://h/stats#/cpu_ratio')).message).toContain('it redirects, which is not followed');
    expect(led).toBe(false);
  });

  test.each([
    ['a refused connection', () => HttpResponse.error(), /the connection failed/],
    ['what is not JSON', () => new HttpResponse('<html>'), /its answer is not JSON/],
    ['status 503', () => new HttpResponse('busy', { status: 503 }), /it answers with status 503/],
    ['an endless answer', () => new HttpResponse(endless()), /its answer is longer than 16 MB/],
    ['silence', () => new Promise<HttpResponse<null>>(() => {}), /it does not answer within 0.8 s/],
  ])('%s is exit 2 at the start, and an error later', async (_, answer, problem) => {
    server.use(http.get('http://h/stats', () => HttpResponse.json({ cpu_ratio: 0.5 })));
    const { read } = await open('json:http://h/stats#/cpu_ratio');
    server.use(http.get('http://h/stats', answer));
    await expect(read()).rejects.toThrow(problem);
    expect((await refusal('json:http://h/stats#/cpu_ratio')).message).toMatch(problem);
  });

  test.each([
    ['{"cpu_percent":-5}', 'tells -5, which is no amount of CPU or memory'],
    ['{"cpu_percent":1e308}', 'tells 1e+308, which is no amount'],
    ['{"cpu_percent":10001}', 'tells 10001, which is no amount'],
  ])('%s is refused at the start', async (text, problem) => {
    answering('http://h/stats', text);
    expect((await refusal('json:http://h/stats#/cpu_percent')).message).toContain(problem);
  });

  test('a number that is not there any more is not measured', async () => {
    answering('http://h/stats', '{"cpu_ratio":0.5}', '{"cpu_ratio":null}', '[]', '{"cpu_ratio":-1}');
    const { read } = await open('json:http://h/stats#/cpu_ratio');
    expect([await read(), await read(), await read()]).toEqual(Array(3).fill({ cpu: null, memory: null }));
  });
});

function endless(): ReadableStream<Uint8Array> {
  const chunk = new Uint8Array(1024 * 1024).fill(32);
  return new ReadableStream({ pull: (controller) => controller.enqueue(chunk) });
}
