import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { awkwardAnswers, mutatedAnswer } from '../testing/awkward-answers.ts';
import { type AnswerHead, longestHead } from './answer-head.ts';
import { type AnswerListener, AnswerParser, type Progress } from './answer-parser.ts';
import { KnownHeads } from './known-heads.ts';

/** What becomes of an answer that comes in these pieces, after which the connection is closed. */
function readAll(pieces: readonly Buffer[], heads = new KnownHeads()) {
  const parser = new AnswerParser(heads);
  let head: AnswerHead | null = null;
  let begun = 0;
  const body: Buffer[] = [];
  const listener: AnswerListener = {
    answerBegins: () => void begun++,
    answerHead: (found) => {
      head = found;
    },
    answerBody: (bytes) => void body.push(Buffer.from(bytes)),
  };
  let progress: Progress = 'more';
  let rest = pieces.reduce((sum, { length }) => sum + length, 0);
  for (const piece of pieces) {
    // As a socket hands it over: in a buffer that is longer, and holds what came before.
    const shared = Buffer.concat([piece, Buffer.from('\r\n\r\nold bytes')]);
    const whole = parser.readWhole(shared, piece.length);
    if (whole) {
      const bodyBytes = Number(whole.framing);
      body.push(Buffer.from(shared.subarray(piece.length - bodyBytes, piece.length)));
      head = whole;
      begun += 1;
      progress = 'whole';
    } else progress = parser.read(shared.subarray(0, piece.length), listener);
    rest -= piece.length;
    if (progress !== 'more') break;
  }
  const ends = progress === 'more' && parser.endsWithConnection ? 'with the connection' : progress;
  const text = Buffer.concat(body).toString('latin1');
  // Of what is wrong, the words depend on how much of it was there.
  return {
    ends,
    head: ends === 'invalid' ? null : head,
    body: text,
    begun,
    rest: ends === 'whole' ? rest + parser.excess : 0,
  };
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
const read = (text: string) => readAll([bytesOf(text)]);
const chunked = (rest: string): string => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${rest}`;
const cutAt = (bytes: Buffer, places: readonly number[]): readonly Buffer[] => {
  const cuts = [0, ...new Set(places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b)), bytes.length];
  return cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end));
};

describe('AnswerParser', () => {
  test('reads status, length, content type and whether the connection is kept', () => {
    expect(
      read('HTTP/1.1 200 OK\r\nMcp-Session-Id: 7f\r\nContent-Type:  text/plain \r\nCONTENT-LENGTH: 5\r\n\r\nhello'),
    ).toEqual({
      ends: 'whole',
      head: { status: 200, framing: 5, keepAlive: true, contentType: 'text/plain', session: '7f' },
      body: 'hello',
      begun: 1,
      rest: 0,
    });
  });

  test.each<[string, Partial<AnswerHead>]>([
    ['HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0', { keepAlive: false }],
    ['HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 0', { keepAlive: false }],
    ['HTTP/1.1 200 OK\r\nConnection: x\r\nContent-Length: 0', { keepAlive: true }],
    ['HTTP/1.0 200 OK\r\nContent-Length: 0', { keepAlive: false }],
    ['HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0', { keepAlive: true }],
    ['HTTP/1.1 200 OK', { framing: 'until-close', keepAlive: false }],
    ['HTTP/1.1 204 No Content\r\nContent-Length: 5', { framing: 0, keepAlive: true }],
    ['HTTP/1.1 304 Not Modified\r\nContent-Length: 5', { framing: 0, keepAlive: true }],
    ['HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked', { framing: 0, keepAlive: true }],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked', { framing: 'chunked', keepAlive: true }],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked', { framing: 'chunked' }],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip', { framing: 'until-close', keepAlive: false }],
    // RFC 9112, section 6.3: the coding overrides the length, and the connection is closed after the answer.
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5', { framing: 'chunked', keepAlive: false }],
    ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked', { framing: 'chunked', keepAlive: false }],
  ])('frames the body as RFC 9112 has it: %j', (head, expected) => {
    expect(read(`${head}\r\n\r\n`).head).toMatchObject(expected);
  });

  test('skips interim answers, and a 100 Continue that nobody asked for', () => {
    const interim =
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n';
    expect(read(`${interim}HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno`)).toMatchObject({
      ends: 'whole',
      head: { status: 404 },
      body: 'no',
      begun: 4,
    });
  });

  test('takes chunks apart, with extensions, trailers and leading zeros', () => {
    const chunks = '2;a=b;c="d; e"\r\nhe\r\n0003\r\nllo\r\n000\r\nX-Sum: 1\r\nContent-Length: 9\r\n\r\n';
    expect(read(chunked(chunks))).toMatchObject({ ends: 'whole', body: 'hello', rest: 0 });
  });

  test('says how much there was after the end of an answer', () => {
    expect(read('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, world')).toMatchObject({ body: 'hello', rest: 7 });
    expect(read(chunked('5\r\nhello\r\n0\r\n\r\nHTTP'))).toMatchObject({ body: 'hello', rest: 4 });
    expect(read('HTTP/1.1 204 No Content\r\n\r\nx')).toMatchObject({ body: '', rest: 1 });
  });

  test.each([
    ['bytes of another protocol', 'SSH-2.0'],
    ['another version', 'HTTP/2.0 200 OK\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK'],
    ['a status below 100', 'HTTP/1.1 099 OK\r\n'],
    ['an upgrade', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['a status line that ends in LF alone', 'HTTP/1.1 200 OK\n'],
    ['a header that ends in LF alone', 'HTTP/1.1 200 OK\r\nA: b\n'],
    ['a header without a colon', 'HTTP/1.1 200 OK\r\nbad header'],
    ['a header name with a space behind', 'HTTP/1.1 200 OK\r\nA : b'],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: b'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n'],
    ['a control character', 'HTTP/1.1 200 OK\r\nA: \x01'],
    ['a CR within a line', 'HTTP/1.1 200 OK\r\nA: b\rc'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n'],
    ['a list of lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n'],
    ['a length with a sign', 'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n'],
    ['an empty length', 'HTTP/1.1 200 OK\r\nContent-Length:\r\n'],
    ['a length that no number holds', 'HTTP/1.1 200 OK\r\nContent-Length: 9007199254740993\r\n'],
    ['a chunk size that is no number', chunked('zz')],
    ['a chunk size with a sign', chunked('-5')],
    ['a chunk size with a prefix', chunked('0x5\r\n')],
    ['a chunk size that no number holds', chunked('fffffffffffffffff\r\n')],
    ['a chunk size with a space behind', chunked('5 \r\n')],
    ['a chunk size that ends in LF alone', chunked('5\n')],
    ['a chunk that is longer than its size', chunked('5\r\nhelloX')],
    ['a trailer that is no header', chunked('0\r\nbad trailer')],
    ['a head of more than 16 KiB', `HTTP/1.1 200 OK\r\nA: ${'x'.repeat(longestHead)}\r\n\r\n`],
    ['a line of more than 16 KiB between chunks', chunked(`1;${'x'.repeat(longestHead)}`)],
  ])('does not wait for more after %s', (_, text) => {
    expect(read(text).ends).toBe('invalid');
    expect(
      readAll(
        cutAt(
          bytesOf(text),
          Array.from(text, (_, i) => i),
        ),
      ).ends,
    ).toBe('invalid');
  });

  test.each(awkwardAnswers.map((text) => [text.slice(0, 200)]))('reads the same in any two pieces: %j', (text) => {
    const bytes = bytesOf(text);
    const whole = readAll([bytes]);
    for (let place = 0; place <= bytes.length; place++) expect(readAll(cutAt(bytes, [place]))).toEqual(whole);
    expect(
      readAll(
        cutAt(
          bytes,
          Array.from(text, (_, i) => i),
        ),
      ),
    ).toEqual(whole);
  });

  test('reads whatever comes the same in any pieces, and comes to an end', () => {
    fc.assert(
      fc.property(mutatedAnswer, fc.array(fc.nat(), { maxLength: 8 }), (text, places) => {
        const bytes = bytesOf(text);
        expect(readAll(cutAt(bytes, places))).toEqual(readAll([bytes]));
      }),
      { numRuns: 3000 },
    );
  });

  test('is ready for the next answer after each, and a head that it knows changes nothing', () => {
    const heads = new KnownHeads();
    const answers = awkwardAnswers.map(bytesOf);
    const fresh = answers.map((bytes) => readAll([bytes]));
    for (let round = 0; round < 3; round++) expect(answers.map((bytes) => readAll([bytes], heads))).toEqual(fresh);
    const parser = new AnswerParser(heads);
    const bodies: string[] = [];
    const listener: AnswerListener = {
      answerBegins: () => {},
      answerHead: () => {},
      answerBody: (bytes) => void bodies.push(bytes.toString()),
    };
    for (let i = 0; i < 200; i++) {
      const body = `${i}`;
      const answer =
        i % 2 === 0
          ? chunked(`${body.length}\r\n${body}\r\n0\r\n\r\n`)
          : `HTTP/1.1 200 OK\r\nDate: ${i}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      expect(parser.read(bytesOf(answer), listener)).toBe('whole');
    }
    expect(bodies).toEqual(Array.from({ length: 200 }, (_, i) => `${i}`));
  });
});
