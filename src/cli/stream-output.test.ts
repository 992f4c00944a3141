import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { StreamOutput } from './stream-output.ts';

/** A stream that takes its time and breaks with `code`, if any, at the second write. */
function slowStream(code?: string) {
  const texts: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      const broken = code !== undefined && texts.length === 1;
      if (!broken) texts.push(chunk);
      setImmediate(() => done(broken ? Object.assign(new Error(code), { code }) : null));
    },
  });
  return { stream, texts };
}

test('flush() waits until everything written has left', async () => {
  const { stream, texts } = slowStream();
  const output = new StreamOutput(stream);
  for (const text of ['a', 'b', 'c']) output.write(text);
  await output.flush();
  expect(texts.join('')).toBe('abc');
  expect(output.lost).toBe(false);
});

test('write() goes on quietly when the reader has left', async () => {
  const { stream, texts } = slowStream('EPIPE');
  const output = new StreamOutput(stream);
  output.write('a');
  output.write('b');
  await output.flush();
  output.write('c');
  await output.flush();
  expect(texts).toEqual(['a']);
  expect(output.lost).toBe(false);
});

test('lost tells that text could not be written for another reason', async () => {
  const { stream } = slowStream('ENOSPC');
  const output = new StreamOutput(stream);
  output.write('a');
  output.write('b');
  await output.flush();
  expect(output.lost).toBe(true);
});

test('columns and isTTY have an answer for a pipe', () => {
  const output = new StreamOutput(slowStream().stream);
  expect([output.columns, output.isTTY]).toEqual([100, false]);
});
