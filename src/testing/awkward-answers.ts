import fc from 'fast-check';

const ok = (headers: string, rest = ''): string => `HTTP/1.1 200 OK\r\n${headers}\r\n\r\n${rest}`;
const chunked = (chunks: string): string => ok('Transfer-Encoding: chunked', chunks);

const good: readonly string[] = [
  ok('Content-Length: 5', 'hello'),
  chunked('5;a=b\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n'),
  ok('Content-Type: text/plain\r\nConnection: close', 'hello'),
  'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno',
  'HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n',
  'HTTP/1.1 200\r\ncontent-length:5 \r\n\r\nhello',
];

/**
 * Answers of servers that are near or beyond the edge of HTTP/1.1, as Latin-1: line ends, lengths, chunks, versions, interim answers.
 * On all of them llhttp, by way of undici, and our parser agree. Each is followed by the end of the connection.
 */
export const awkwardAnswers: readonly string[] = [
  ...good,
  'HTTP/1.1 200 OK\nContent-Length: 5\n\nhello',
  'HTTP/1.1 200 OK\r\nContent-Length: 5\n\r\nhello',
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\nhello',
  ok('A: b\r\n c\r\nContent-Length: 5', 'hello'),
  ok('A: b\r\n\tc\r\nContent-Length: 5', 'hello'),
  ok('Content-Length: 5\r\nContent-Length: 5', 'hello'),
  ok('Content-Length: 5\r\nContent-Length: 6', 'hello'),
  ok('Content-Length: 5, 5', 'hello'),
  ok('Content-Length: +5', 'hello'),
  ok('Content-Length: ', 'hello'),
  ok('Content-Length: 99999999999999999999', 'hello'),
  ok('Transfer-Encoding: gzip, chunked', '5\r\nhello\r\n0\r\n\r\n'),
  ok('Transfer-Encoding: gzip', 'hello'),
  ok('Transfer-Encoding: chunked, gzip', 'hello'),
  ok('Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'),
  ok('Transfer-Encoding: xchunked', '5\r\nhello\r\n0\r\n\r\n'),
  ok('transfer-encoding: CHUNKED', '5\r\nhello\r\n0\r\n\r\n'),
  chunked('5 \r\nhello\r\n0\r\n\r\n'),
  chunked('5;\r\nhello\r\n0\r\n\r\n'),
  chunked('5 ;a\r\nhello\r\n0\r\n\r\n'),
  chunked('5;a="b c"\r\nhello\r\n0\r\n\r\n'),
  chunked('5;a=b;c\r\nhello\r\n0\r\n\r\n'),
  chunked('5;a b\r\nhello\r\n0\r\n\r\n'),
  chunked('5\nhello\r\n0\r\n\r\n'),
  chunked('5\r\nhello\n0\r\n\r\n'),
  chunked('5\r\nhelloX\r\n0\r\n\r\n'),
  chunked('-5\r\nhello\r\n0\r\n\r\n'),
  chunked('0x5\r\nhello\r\n0\r\n\r\n'),
  chunked('fffffffffffffffff\r\nhello\r\n0\r\n\r\n'),
  chunked('\r\n5\r\nhello\r\n0\r\n\r\n'),
  chunked('00000000000000000000005\r\nhello\r\n000\r\n\r\n'),
  chunked('0\r\nbad trailer\r\n\r\n'),
  chunked('5\r\nhel'),
  chunked('5\r\nhello\r\n0\r\n'),
  '\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.2 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'http/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 20 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 2000 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 099 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 999 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 200 O\x01K\x7f\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 200 \xe9\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1  200 OK\r\nContent-Length: 5\r\n\r\nhello',
  ok('A : b\r\nContent-Length: 5', 'hello'),
  ok(': b\r\nContent-Length: 5', 'hello'),
  ok('A\r\nContent-Length: 5', 'hello'),
  ok(' A: b\r\nContent-Length: 5', 'hello'),
  ok('A: \x01\r\nContent-Length: 5', 'hello'),
  ok('A: \0\r\nContent-Length: 5', 'hello'),
  ok('A: \x7f\r\nContent-Length: 5', 'hello'),
  ok('A: b\rc\r\nContent-Length: 5', 'hello'),
  ok('A:\r\nContent-Length: 5', 'hello'),
  ok('A: \xe9\r\nContent-Length: 5', 'hello'),
  'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n',
  'HTTP/1.1 205 Reset Content\r\nContent-Length: 2\r\n\r\nhi',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\n\r\n',
  ok('Upgrade: x\r\nConnection: upgrade\r\nContent-Length: 5', 'hello'),
  'HTTP/1.1 103 Early Hints\r\nContent-Length: 3\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  ok('Content-Length: 5', 'hel'),
  ok('Content-Length: 5', 'hello, world'),
  ok('Content-Length: 5\r\nConnection: close', 'hel'),
  '',
  'HTTP',
  'garbage',
  'HTTP/1.1 200 OK\r\nbad header',
  ok(`x: ${'y'.repeat(17_000)}`),
  ok(`x: ${'y'.repeat(15_000)}\r\nContent-Length: 0`),
  'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
];

const bits = ['\r\n', '\n', '\r', ' ', '\t', ':', ';', '0', '5', 'f', 'x', '\0', '\x7f', '\xff', ',', 'close', '100'];
const lines = ['Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', 'Connection: close\r\n', 'A: b\r\n'];

/** A good answer with one or two bytes or lines too many, too few or wrong, or cut short. */
export const mutatedAnswer: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...good),
    fc.array(
      fc.record({
        at: fc.nat(),
        kind: fc.constantFrom('insert', 'replace', 'remove', 'cut'),
        bit: fc.constantFrom(...bits, ...lines, 'HTTP/1.1 200 OK\r\n\r\n'),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  )
  .map(([text, changes]) =>
    changes.reduce((sum, { at, kind, bit }) => {
      const place = at % (sum.length + 1);
      if (kind === 'cut') return sum.slice(0, place);
      if (kind === 'remove') return sum.slice(0, place) + sum.slice(place + 1 + (at % 3));
      return sum.slice(0, place) + bit + sum.slice(place + (kind === 'replace' ? 1 : 0));
    }, text),
  );
