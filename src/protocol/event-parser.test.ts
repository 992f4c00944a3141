import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventParser, longestEvent } from './event-parser.ts';
import type { ServerEvent } from './wire.ts';

function readAll(pieces: readonly string[]) {
  const parser = new EventParser();
  const events: ServerEvent[] = [];
  for (const piece of pieces) {
    parser.push(piece);
    for (let event = parser.next(); event !== null; event = parser.next()) events.push(event);
  }
  return { events, tooLong: parser.tooLong };
}

const read = (text: string): readonly ServerEvent[] => readAll([text]).events;
const message = (data: string): ServerEvent => ({ type: 'message', data });
const cutAt = (text: string, places: readonly number[]): readonly string[] => {
  const cuts = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
  return cuts.slice(1).map((end, i) => text.slice(cuts[i], end));
};

describe('EventParser', () => {
  test.each<[string, string, readonly ServerEvent[]]>([
    ['an event', 'data: a\n\n', [message('a')]],
    [
      'the type of an event, for that one only',
      'event: x\ndata: a\n\ndata: b\n\n',
      [{ type: 'x', data: 'a' }, message('b')],
    ],
    ['the last type that is named', 'event: x\nevent: y\ndata: a\n\n', [{ type: 'y', data: 'a' }]],
    ['an empty type as none', 'event:\ndata: a\n\n', [message('a')]],
    ['data of several lines', 'data: a\ndata:\ndata: b\n\n', [message('a\n\nb')]],
    ['CR LF', 'event: x\r\ndata: a\r\n\r\ndata: b\r\n\r\n', [{ type: 'x', data: 'a' }, message('b')]],
    ['CR', 'data: a\rdata: b\r\rdata: c\r\r', [message('a\nb'), message('c')]],
    ['line ends of all kinds', 'data: a\r\n\ndata: b\n\r\ndata: c\r\r\n', [message('a'), message('b'), message('c')]],
    ['comments, within an event and without', ': ping\n\ndata: a\n: b\n:\ndata: c\n\n:', [message('a\nc')]],
    ['a BOM at the begin', '\ufeffdata: a\n\n', [message('a')]],
    ['a BOM only there', '\ufeff\ufeffdata: a\n\ndata: \ufeff\n\n', [message('\ufeff')]],
    ['one space behind the colon, no more', 'data:a\ndata:  b\n\n', [message('a\n b')]],
    ['a colon within the data', 'data: {"a": "b:c"}\n\n', [message('{"a": "b:c"}')]],
    ['fields without a colon', 'data\ndata\n\ndata\n\n', [message('\n'), message('')]],
    ['a priming event, whose data is empty', 'id: x\ndata: \n\nid: y\ndata: a\n\n', [message(''), message('a')]],
    ['nothing without data', 'event: x\nid: 1\n\n\n\ndata: a\n\n', [message('a')]],
    ['no type of an event without data', 'event: x\n\ndata: a\n\n', [message('a')]],
    [
      'fields that nobody knows, and those for resuming',
      'retry: 3\nDATA: x\n data: y\nid: z\nfoo: b\ndata: a\n\n',
      [message('a')],
    ],
    ['no event that is not closed', 'data: a\n\ndata: b\n', [message('a')]],
    ['no event that breaks off', 'data: a\n\ndata: b', [message('a')]],
    ['nothing of nothing', '', []],
  ])('reads %s, in any two pieces and letter by letter', (_, text, events) => {
    expect(read(text)).toEqual(events);
    for (let place = 0; place <= text.length; place++) expect(readAll(cutAt(text, [place])).events).toEqual(events);
    expect(readAll([...text]).events).toEqual(events);
  });

  test('reads the examples of the standard', () => {
    expect(read('data: YHOO\ndata: +2\ndata: 10\n\n')).toEqual([message('YHOO\n+2\n10')]);
    const four = ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n';
    expect(read(four)).toEqual([message('first event'), message('second event'), message(' third event')]);
    expect(read('data\n\ndata\ndata\n\ndata:')).toEqual([message(''), message('\n')]);
    expect(read('data:test\n\ndata: test\n\n')).toEqual([message('test'), message('test')]);
  });

  test('tells of an event as soon as its last line ends, be it in a CR that a LF follows', () => {
    expect(readAll(['data: a\r\n', '\r']).events).toEqual([message('a')]);
    expect(readAll(['data: a\r\n', '\r', '\n', 'data: b\n\n']).events).toEqual([message('a'), message('b')]);
  });

  test('reads the same events in any pieces', () => {
    const bits = [
      '\n',
      '\r',
      '\r\n',
      'data',
      'data: ',
      'data:',
      'event: x',
      'event:',
      ':',
      ' ',
      '\ufeff',
      'id: 1',
      'é🙂',
    ];
    const text = fc.array(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...bits) }, fc.string()), { maxLength: 40 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 12 }), (parts, places) => {
        const whole = parts.join('');
        expect(readAll(cutAt(whole, places))).toEqual(readAll([whole]));
      }),
      { numRuns: 3000 },
    );
  });

  test('reads back what was written, whatever the data', () => {
    const data = fc.string({ unit: fc.constantFrom('a', ':', ' ', 'é', '\n', '{') });
    const written = fc.array(fc.record({ type: fc.constantFrom('message', 'x', 'endpoint'), data }), { maxLength: 8 });
    fc.assert(
      fc.property(written, fc.constantFrom('\n', '\r\n', '\r'), fc.array(fc.nat()), (events, end, places) => {
        const text = events.map(({ type, data: lines }) =>
          [`event: ${type}`, ...lines.split('\n').map((line) => `data: ${line}`), '', ''].join(end),
        );
        expect(readAll(cutAt(text.join(''), places)).events).toEqual(events);
      }),
    );
  });

  test.each<[string, (length: number) => string]>([
    ['in one line', (length) => `data: ${'x'.repeat(length - 6)}\n\n`],
    ['in many lines', (length) => `${'data: xx\n'.repeat(10)}data:${'x'.repeat(length - 34)}\n\n`],
    ['in a comment', (length) => `:${'x'.repeat(length - 1)}\ndata: a\n\n`],
  ])('reads an event up to its limit and gives up beyond it, %s', (_, text) => {
    const [fits, over] = [text(longestEvent), text(longestEvent + 1)];
    for (const pieces of [[fits], cutAt(fits, [1000, 500_000])])
      expect(readAll(pieces)).toMatchObject({ events: [{ type: 'message' }], tooLong: false });
    for (const pieces of [[over], cutAt(over, [1000, 500_000])])
      expect(readAll([...pieces, 'data: b\n\n'])).toEqual({ events: [], tooLong: true });
  });

  test('does not wait for the end of a line that has none', () => {
    const { events, tooLong } = readAll(['data: a\n\n', ...Array<string>(17).fill('x'.repeat(65_536))]);
    expect({ events, tooLong }).toEqual({ events: [message('a')], tooLong: true });
  });

  test('takes time in proportion to the text, in one piece and in many', () => {
    // Quadratic, these would take minutes.
    expect(read(`${':\n'.repeat(500_000)}data: a\n\n`)).toEqual([message('a')]);
    expect(readAll([...`data: ${'x'.repeat(300_000)}\n\n`]).events).toHaveLength(1);
  });
});
