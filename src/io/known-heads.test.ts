import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { awkwardAnswers } from '../testing/awkward-answers.ts';
import { type AnswerHead, parseHead } from './answer-head.ts';
import { KnownHeads } from './known-heads.ts';

const headOf = (session: string, length: number): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nMcp-Session-Id: ${session}\r\nContent-Length: ${length}`;

describe('KnownHeads', () => {
  test('tells the session of each answer, though it looks the rest up', () => {
    const heads = new KnownHeads();
    const found = Array.from({ length: 500 }, (_, user) => heads.find(headOf(`s-${user}`, user % 5)));
    expect(found).toEqual(
      found.map((_, user): AnswerHead => {
        const rest = { status: 200, keepAlive: true, contentType: 'application/json' };
        return { ...rest, framing: user % 5, session: `s-${user}` };
      }),
    );
    expect(heads.find(headOf('s-1', 1).replace(/\r\nMcp.*?(?=\r)/, ''))?.session).toBe('');
  });

  test('takes no value for a session that is none', () => {
    const heads = new KnownHeads();
    heads.find(headOf('a', 1));
    for (const session of ['a\x01', 'a\rb', 'a\x7f', '\0']) expect(heads.find(headOf(session, 1))).toBeNull();
    expect(heads.find(headOf(' \tb ', 1))?.session).toBe('b');
  });

  test('finds what parsing finds, in any order, however often', () => {
    const session = fc.constantFrom('', 'a', 'b', ' c ', '\xe9', '\x01', 'd\r', 'e\r\nMcp-Session-Id: f');
    const name = fc.constantFrom('Mcp-Session-Id', 'mcp-session-id', 'MCP-Session-Id');
    const line = fc.oneof(
      fc.tuple(name, session).map(([left, right]) => `${left}: ${right}`),
      fc.constantFrom('Content-Length: 5', 'Content-Length: 6', 'X: mcp-session-id: x', 'bad header', 'Date: x'),
    );
    const text = fc.array(line, { maxLength: 4 }).map((lines) => ['HTTP/1.1 200 OK', ...lines].join('\r\n'));
    const awkward = fc.constantFrom(...awkwardAnswers.map((answer) => answer.split('\r\n\r\n', 1)[0] ?? ''));
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: text }, awkward), { maxLength: 400 }), (texts) => {
        const heads = new KnownHeads();
        for (const each of texts) expect(heads.find(each)).toEqual(parseHead(each));
      }),
    );
  });
});
