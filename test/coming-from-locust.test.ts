import { expect, test } from 'vitest';
import { main } from '../src/cli/main.ts';
import { fakeHost } from '../src/testing/fake-host.ts';
import { readDocument } from './documents.ts';

const page = readDocument('docs/coming-from-locust.md');

/** The headings of the load-testing guide, and the first cell of each row of its tables and lists, in its order. */
const guide: Readonly<Record<string, readonly string[]>> = {
  Prerequisites: [
    'Python 3.8',
    '`pip install locust`',
    '`requests`, `python-dotenv`',
    'access',
    'an API key',
    'permission',
  ],
  'Key metrics to monitor': [
    'Response time',
    'Throughput',
    'Error rate',
    'CPU usage',
    'Memory usage',
    'Concurrent users',
  ],
  'Basic load test': [
    '`wait_time',
    '`on_start`',
    '`Content-Type',
    '`Authorization',
    '`@task(1)`',
    '`GET /health`',
    '`POST ',
    'the same POST',
    'ids are kept',
    '`context`',
    '`previous_messages`',
    '`catch_response`',
  ],
  'Running the test': ['1.', '2.', '3.', '4.'],
  'Interpreting results': ['Request statistics', 'Charts', 'Failures', 'Download data'],
  'Load test scenarios': ['Ramp-up', 'Sustained', 'Spike'],
  'Advanced monitoring': ['`events.test_start`', '`events.request_failure`', 'custom metrics'],
  'Performance optimization tips': [
    '1. Caching',
    '2. Database indexing',
    '3. Connection pooling',
    '4. Horizontal scaling',
    '5. Rate limiting',
    '6. Asynchronous processing',
  ],
  'Recommended testing schedule': ['Development', 'Staging', 'Pre-production', 'Post-deployment'],
  'Troubleshooting common issues': ['High response times', 'Memory leaks', 'Database bottlenecks', 'Network timeouts'],
  'CI/CD integration': [],
  Conclusion: [],
};

test('docs/coming-from-locust.md has every heading of the guide in its order, and every row', () => {
  const sections = page.split(/^## /m).slice(1);
  const titles = sections.map((section) => section.split('\n')[0]);
  expect(titles.filter((title) => Object.hasOwn(guide, title ?? ''))).toEqual(Object.keys(guide));
  for (const [title, rows] of Object.entries(guide)) {
    const section = sections.find((text) => text.startsWith(`${title}\n`)) ?? '';
    const cells = [...section.matchAll(/^\| (.+?) \|/gm)].map(([, cell = '']) => cell);
    let at = 0;
    for (const row of rows) {
      const found = cells.findIndex((cell, index) => index >= at && cell.startsWith(row));
      expect(found, `${title}: ${row}`).toBeGreaterThanOrEqual(at);
      at = found + 1;
    }
  }
});

const pairs = [...page.matchAll(/^# (locust .*)\nnpx sqload (.*)$/gm)].map(([, locust = '', sqload = '']) => ({
  locust,
  sqload,
}));

test('each of the three scenarios stands below its Locust command', () => {
  expect(pairs.map(({ sqload }) => sqload.split(' ')[0])).toEqual(['ramp', 'sustained', 'spike']);
});

test.each(pairs)('$sqload is what Locust is told, and what the preset does alone', async ({ locust, sqload }) => {
  expect(sqload.replace(/^\w+/, 'locust').replace(' -u', ' --headless -u')).toBe(locust);
  const [preset = '', ...options] = sqload.split(' ');
  const shown = async (...argv: readonly string[]): Promise<string> => {
    const host = fakeHost({ argv });
    expect(await main(host)).toBe(0);
    return host.written.stdout.replace(/ against .*/, '').replace(/\n {4}(cpu|memory)<.*/g, '');
  };
  const load = async (...argv: readonly string[]): Promise<string> =>
    (await shown(...argv)).split('\nThresholds')[0] ?? '';
  expect(await load('plan', preset, ...options)).toBe(await load('plan', preset));
});
