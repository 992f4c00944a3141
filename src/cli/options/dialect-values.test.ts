import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseDialect,
  parseMcpHealth,
  parseMcpTransport,
  parseMcpVersion,
  showDialect,
  showMcpHealth,
  showMcpTransport,
  showMcpVersion,
} from './dialect-values.ts';
import {
  parseToolArguments,
  parseToolReply,
  parseTools,
  showToolArguments,
  showToolReply,
  showTools,
} from './tool-values.ts';

test.each([
  [() => parseDialect('upstrem'), /^must be one of guide, docs, .*, auto; did you mean upstream\?$/],
  [() => parseDialect(''), /^must be one of guide/],
  [() => parseMcpVersion('2025-11-26'), /^must be one of auto, 2026-07-28, .*; did you mean 2025-11-25\?$/],
  [() => parseMcpTransport('http+sse'), /^must be one of streamable-http, sse/],
  [() => parseMcpHealth('health'), /^must be ping, or a path that begins with \/ and has no space and no #$/],
  [() => parseTools('a b'), /^must be the name of a tool, without spaces, commas and equals signs$/],
  [() => parseTools(''), /^must be the name of a tool/],
  [() => parseTools('health=x'), /^must name only initial, follow-up, automatic: there is no "health"$/],
  [() => parseTools('initial='), /^must be the name of a tool/],
  [() => parseTools('initial=a,initial=b'), /^must name initial only once$/],
  [() => parseToolArguments('{'), /^must be a JSON object like/],
  [() => parseToolArguments('[1]'), /^must be a JSON object: arguments have names$/],
  [() => parseToolArguments('"x"'), /^must be a JSON object: arguments have names$/],
  [
    () => parseToolArguments('{"a":"{{mesage}}"}'),
    /^has the placeholder \{\{mesage\}\}.*did you mean \{\{message\}\}\?$/,
  ],
  [() => parseToolReply('question=text'), /^must be a JSON pointer, which begins with \/$/],
  [() => parseToolReply('done=!!/a'), /^must be a JSON pointer, which begins with \/$/],
  [() => parseToolReply('done=/a~2'), /^must be a JSON pointer, in which ~ is written ~0/],
  [() => parseToolReply('answer=/a'), /^must name only conversation, session, question, done: there is no "answer"$/],
])('%s is refused', (read, expected) => {
  expect(read).toThrow(RangeError);
  expect(read).toThrow(expect.objectContaining({ message: expect.stringMatching(expected) }));
});

test('what is assumed for auto is said with it', () => {
  expect(showDialect('auto')).toBe('auto (guide until the server is asked)');
  expect(showMcpVersion('auto')).toBe('auto (2026-07-28 until the server is asked)');
  expect([showDialect('mcp'), showMcpVersion('2025-06-18')]).toEqual(['mcp', '2025-06-18']);
});

test('parseToolArguments() takes a file by its path, unread', () => {
  expect(parseToolArguments('@a/b.json')).toEqual({ kind: 'file', path: 'a/b.json' });
});

test('parseToolReply() reads a pointer that is turned round, and an empty one as the whole answer', () => {
  expect(parseToolReply('question=, done=!/data/more')).toEqual({
    conversationId: null,
    sessionId: null,
    question: '',
    done: { pointer: '/data/more', negated: true },
  });
});

describe('what is shown reads as the same again', () => {
  const name = fc.stringMatching(/^[\w./-]{1,20}$/);
  const pointer = fc.stringMatching(/^(\/[\w ~01]{0,6}){0,3}$/).filter((text) => !/~(?![01])|^ | $/.test(text));
  const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });

  test('tools', () => {
    const each = fc.dictionary(fc.constantFrom('initial', 'follow-up', 'automatic'), name, { minKeys: 1 });
    const tools = fc.oneof(
      name.map((one) => ({ kind: 'one', name: one }) as const),
      each.map((names) => ({ kind: 'each', names: { ...names } }) as const),
    );
    fc.assert(
      fc.property(tools, (given) => {
        expect(parseTools(showTools(given))).toEqual(given);
      }),
    );
  });

  test('arguments', () => {
    const leaf = fc.oneof(fc.string({ maxLength: 8 }), fc.integer(), fc.boolean(), fc.constant(null));
    const template = fc
      .dictionary(fc.string({ maxLength: 8 }), fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })), { maxKeys: 4 })
      .filter((json) => !JSON.stringify(json).includes('{{'));
    fc.assert(
      fc.property(template, (json) => {
        const text = JSON.stringify(json);
        expect(showToolArguments(parseToolArguments(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  test('pointers', () => {
    const done = optional(fc.record({ pointer, negated: fc.boolean() }));
    const reply = fc
      .record({ conversationId: optional(pointer), sessionId: optional(pointer), question: optional(pointer), done })
      .filter((given) => Object.values(given).some((value) => value !== null));
    fc.assert(
      fc.property(reply, (given) => {
        expect(parseToolReply(showToolReply(given))).toEqual(given);
      }),
    );
  });

  test.each(['ping', '/up?deep=1'])('health check %s', (text) =>
    expect(showMcpHealth(parseMcpHealth(text))).toBe(text),
  );
  test.each(['sse', 'streamable-http'])('transport %s', (text) =>
    expect(showMcpTransport(parseMcpTransport(text))).toBe(text),
  );
});
