import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeMonitor, maskMonitor, monitorSecrets, parseMonitor, showMonitor } from './monitor-source.ts';

const url = (href: string, shown = href, userInfo: string | null = null) => ({ href, shown, userInfo });

describe('parseMonitor()', () => {
  test.each([
    ['pid:42', { name: null, source: { kind: 'pid', pid: 42 } }],
    ['db=port:5432', { name: 'db', source: { kind: 'port', port: 5432 } }],
    [
      'prometheus:http://h:9090/metrics',
      { name: null, source: { kind: 'prometheus', url: url('http://h:9090/metrics'), quantities: null } },
    ],
    [
      'web=prometheus:https://h/m?format=text&cpu=my_cpu_total{a="b"}&memory_percent=mem',
      {
        name: 'web',
        source: {
          kind: 'prometheus',
          url: url('https://h/m?format=text', 'https://h/m'),
          quantities: { cpu: { from: 'my_cpu_total{a="b"}', unit: 'auto' }, memory: { from: 'mem', unit: 'percent' } },
        },
      },
    ],
    [
      'promql:http://prom:9090?cpu=sum(rate(x{pod=~"a.*"}[1m]))&memory_ratio=avg(y)%20%2F%20z',
      {
        name: null,
        source: {
          kind: 'promql',
          url: url('http://prom:9090/', 'http://prom:9090'),
          quantities: {
            cpu: { from: 'sum(rate(x{pod=~"a.*"}[1m]))', unit: 'auto' },
            memory: { from: 'avg(y) / z', unit: 'ratio' },
          },
        },
      },
    ],
    [
      'json:http://h/stats?x=1#/system/cpu_percent',
      {
        name: null,
        source: {
          kind: 'json',
          url: url('http://h/stats?x=1', 'http://h/stats'),
          quantities: { cpu: { from: '/system/cpu_percent', unit: 'percent' }, memory: null },
        },
      },
    ],
    [
      'json:http://me:pw@h/stats#cpu=/a/b&memory=/rss',
      {
        name: null,
        source: {
          kind: 'json',
          url: url('http://h/stats', 'http://h/stats', 'me:pw'),
          quantities: { cpu: { from: '/a/b', unit: 'cores' }, memory: { from: '/rss', unit: 'bytes' } },
        },
      },
    ],
  ])('reads %s', (text, spec) => expect(parseMonitor(text)).toEqual(spec));

  test.each([
    ['', /must be pid:4242, port:8000/],
    ['http://h/metrics', /must be pid:4242/],
    ['pid:0', /the number of a process/],
    ['pid:1.5', /the number of a process/],
    ['port:70000', /a port from 1 to 65535/],
    ['a b=pid:1', /a name of letters/],
    ['=pid:1', /a name of letters/],
    ['prometheus:h/metrics', /begins with http/],
    ['prometheus:file:///etc/passwd', /begins with http/],
    ['prometheus:http://h?cpu=rate(x[1m])', /must name a metric/],
    ['prometheus:http://h?cpu=a&cpu_ratio=b', /cpu is there twice/],
    ['promql:http://h', /must have a query/],
    ['promql:http://h?cpu=', /where cpu is found/],
    ['json:http://h/stats', /where the numbers are/],
    ['json:http://h/stats#/load', /must say what \/load is, like #cpu_percent=\/load/],
    ['json:http://h/stats#disk=/a', /"disk" is none of them/],
    ['json:http://h/stats#cpu=a', /JSON pointer/],
  ])('refuses %j', (text, problem) => expect(() => parseMonitor(text)).toThrow(problem));

  test('throws RangeErrors only', () => {
    const parts = fc.constantFrom(
      'a',
      '=',
      'pid:',
      'json:',
      'promql:',
      'http://',
      'h',
      '?',
      '#',
      '/',
      '&',
      'cpu',
      '%',
      '~',
      '{',
      '"',
      '@',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 14 }), (words) => {
        try {
          showMonitor(parseMonitor(words.join('')));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});

test('nothing secret is shown, and all of it is known', () => {
  const text = 'a=json:http://me:s3cret@h/stats?token=abcdefgh&n=1#cpu_percent=/load';
  const spec = parseMonitor(text);
  expect(showMonitor(spec)).toBe('a=json:http://h/stats#cpu_percent=/load');
  expect(describeMonitor(spec.source)).toEqual({
    words: 'JSON at http://h/stats',
    measures: { cpu: true, memory: false },
  });
  expect(maskMonitor(text)).toBe('a=json:http://…@h/stats?…');
  expect(monitorSecrets([spec])).toEqual(['me:s3cret', 's3cret', 'abcdefgh']);
  expect(monitorSecrets([parseMonitor('pid:1')])).toEqual([]);
  expect(showMonitor(parseMonitor('prometheus:http://h/m'))).toBe('prometheus:http://h/m');
});
