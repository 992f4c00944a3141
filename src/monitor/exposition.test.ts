import fc from 'fast-check';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { isSelected, parseExposition, parseSelector } from './exposition.ts';
import { ExpositionReader } from './exposition-usage.ts';

const all = () => true;
const told = (text: string) =>
  parseExposition(text, all).samples.map(({ name, labels, value }) => [name, Object.fromEntries(labels), value]);

describe('parseExposition()', () => {
  test('reads samples with and without labels, timestamps and exemplars', () => {
    const text = [
      '# HELP http_total Requests.',
      '# TYPE http_total counter',
      'http_total{method="get",code="200"} 1027 1395066363000',
      'http_total { method = "post" , code="400", } 3',
      'up 1',
      'odd{path="C:\\\\a\\"b\\"\\n{}"} 1.5e-3 # {trace="x"} 1',
      'inf +Inf',
      'minus -inf',
      'nothing NaN',
      '',
    ].join('\n');
    expect(told(text)).toEqual([
      ['http_total', { method: 'get', code: '200' }, 1027],
      ['http_total', { method: 'post', code: '400' }, 3],
      ['up', {}, 1],
      ['odd', { path: 'C:\\a"b"\n{}' }, 0.0015],
      ['inf', {}, Number.POSITIVE_INFINITY],
      ['minus', {}, Number.NEGATIVE_INFINITY],
      ['nothing', {}, Number.NaN],
    ]);
    expect(parseExposition(text, all).types.get('http_total')).toBe('counter');
  });

  test.each([
    'a',
    'a{',
    'a{b}',
    'a{b="c}',
    'a{b="c" d="e"',
    'a one',
    '{b="c"} 1',
    '<html>',
    'a{b="c"',
    '1a 2',
    'a 0x10',
  ])('passes over %j and goes on', (line) => expect(told(`${line}\nlast 7`).at(-1)).toEqual(['last', {}, 7]));

  test('knows the type of a family of OpenMetrics by the name of its samples', () => {
    expect(parseExposition('# TYPE cpu counter\ncpu_total 3', all).types.get('cpu_total')).toBe('counter');
  });

  test('never throws and holds no more than its bounds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        parseExposition(text, all);
      }),
    );
    const pieces = fc.constantFrom(
      'a',
      '{',
      '}',
      '"',
      '\\',
      '=',
      ',',
      ' ',
      '\n',
      '1',
      'NaN',
      '# TYPE ',
      '\t',
      '_',
      '\r',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 80 }), (parts) => {
        for (const { name } of parseExposition(parts.join(''), all).samples) expect(name).toMatch(/^[aN_][\w:]*$/);
      }),
    );
    expect(parseExposition('a 1\n'.repeat(50_000), all).samples).toHaveLength(20_000);
    expect(told(`a{b="${'x'.repeat(5_000_000)}"} 1\nlast 7`)).toEqual([['last', {}, 7]]);
    expect(told(`${'{'.repeat(16_000)}\n${'a{b="'.repeat(3000)}\nlast 7`)).toEqual([['last', {}, 7]]);
  });

  test('reads what it is told back, whatever the labels hold', async () => {
    const label = fc.string({ unit: 'grapheme', maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(label, fc.double({ noDefaultInfinity: true }), async (value, number) => {
        const registry = new Registry();
        new Gauge({ name: 'g', help: 'h', labelNames: ['l'], registers: [registry] }).set({ l: value }, number);
        const [sample] = parseExposition(await registry.metrics(), (name) => name === 'g').samples;
        expect(sample?.labels.get('l')).toBe(value);
        expect(sample?.value).toBe(number === 0 ? 0 : number);
      }),
    );
  });
});

describe('parseSelector()', () => {
  test('selects by name and labels', () => {
    const selector = parseSelector('cpu_total{pod="a", ns="b"}');
    const [yes, no] = parseExposition('cpu_total{ns="b",pod="a",x="y"} 1\ncpu_total{pod="a"} 2', all).samples;
    expect(yes && isSelected(selector, yes)).toBe(true);
    expect(no && isSelected(selector, no)).toBe(false);
  });

  test.each(['', '1', 'a{', 'a{b="c"} 1', 'sum(a)', 'rate(a[1m])'])('refuses %j', (text) =>
    expect(() => parseSelector(text)).toThrow(/must name a metric/),
  );
});

describe('ExpositionReader', () => {
  test('finds what the client of Node exports', async () => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const { usage } = new ExpositionReader(null).read(await registry.metrics());
    expect(usage.cpu?.unit).toBe('seconds');
    expect(usage.cpu?.series[0]?.value).toBeGreaterThan(0);
    expect(usage.memory?.unit).toBe('bytes');
    expect(usage.memory?.value).toBeGreaterThan(10e6);
    registry.clear();
  });

  test('reads a container with its limits, 0 for none', () => {
    const text = (limit: number) =>
      `container_cpu_usage_seconds_total{name="web"} 12\ncontainer_memory_working_set_bytes{name="web"} 5e8\ncontainer_spec_memory_limit_bytes{name="web"} ${limit}\ncontainer_spec_cpu_quota 150000\ncontainer_spec_cpu_period 100000`;
    const reader = new ExpositionReader(null);
    expect(reader.read(text(1e9))).toMatchObject({
      usage: { memory: { unit: 'bytes', value: 5e8 } },
      limits: { bytes: 1e9, cores: 1.5 },
    });
    expect(reader.read(text(0)).limits).toEqual({ cores: 1.5 });
  });

  test('takes no sum over containers that nobody chose', () => {
    const text = 'container_cpu_usage_seconds_total{name="a"} 1\ncontainer_cpu_usage_seconds_total{name="b"} 2';
    expect(() => new ExpositionReader(null).read(text)).toThrow(/tells of 2 containers: name one/);
    const chosen = new ExpositionReader({
      cpu: { from: 'container_cpu_usage_seconds_total{name="b"}', unit: 'auto' },
      memory: null,
    });
    expect(chosen.read(text).usage).toEqual({
      cpu: { unit: 'seconds', series: [{ key: '[["name","b"]]', value: 2 }] },
      memory: null,
    });
  });

  test('takes a metric for a counter by its type or its name', async () => {
    const registry = new Registry();
    new Counter({ name: 'work', help: 'h', registers: [registry] }).inc(3);
    new Gauge({ name: 'busy', help: 'h', registers: [registry] }).set(0.5);
    const text = await registry.metrics();
    const unit = (from: string) =>
      new ExpositionReader({ cpu: { from, unit: 'auto' }, memory: null }).read(text).usage.cpu?.unit;
    expect([unit('work'), unit('busy'), unit('absent')]).toEqual(['seconds', 'cores', undefined]);
  });
});
