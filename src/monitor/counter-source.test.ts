import { expect, test } from 'vitest';
import { countIn, parseCounter, showCounter } from './counter-source.ts';

test.each([
  ['http://u:pw@h/m?t=1#/a/b', 'http://h/m#/a/b'],
  ['prometheus:http://h/m?counter=x_total{a="b"}', 'prometheus:http://h/m?counter=x_total{a="b"}'],
])('%s is shown as %s', (text, shown) => expect(showCounter(parseCounter(text))).toBe(shown));

test.each([
  '',
  'http://h',
  'h#/a',
  'http://h#a',
  'prometheus:http://h',
  'prometheus:http://h#/a',
  'prometheus:http://h?counter=1',
])('refuses %j', (text) => expect(() => parseCounter(text)).toThrow(RangeError));

test('countIn() reads JSON, and adds up the samples of a metric', () => {
  expect(countIn(parseCounter('http://h#/n'), '{"n":7}')).toBe(7);
  const metric = parseCounter('prometheus:http://h?counter=x_total{a="b"}');
  expect(countIn(metric, 'x_total{a="b",c="1"} 3\nx_total{a="b",c="2"} 4\nx_total{a="c"} 9\n')).toBe(7);
  expect(() => countIn(metric, 'y 1')).toThrow('it tells no number at x_total');
  expect(() => countIn(parseCounter('http://h#/n'), '{}')).toThrow('it tells no number at /n');
});
