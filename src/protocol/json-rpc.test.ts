import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RpcCaller, rpcReasonIn, rpcText } from './json-rpc.ts';

const ping = rpcText('ping');
const asked = (): RpcCaller => {
  const rpc = new RpcCaller('reply');
  rpc.request(ping);
  return rpc;
};
const event = (data: string) => ({ type: 'message', data });

describe('RpcCaller', () => {
  test('writes requests whose ids differ', () => {
    const rpc = new RpcCaller('reply');
    const call = rpcText('tools/call', { before: '{"name":"a","arguments":', after: '}' });
    expect(JSON.parse(rpc.request(ping))).toEqual({ jsonrpc: '2.0', id: 1, method: 'ping' });
    expect(JSON.parse(rpc.request(call, '{"x":1}'))).toEqual({
      jsonrpc: '2.0',
      id: 2,
      method: 'tools/call',
      params: { name: 'a', arguments: { x: 1 } },
    });
  });

  test('reads the result of the last request, whatever the order of members', () => {
    expect(asked().result('{"jsonrpc":"2.0","id":1,"result":{"a":1}}')).toEqual({ ok: true, json: { a: 1 } });
    expect(asked().result('{"result":null,"jsonrpc":"2.0","id":1}')).toEqual({ ok: true, json: null });
  });

  test.each([
    ['<html>', 'not-json', '<html>'],
    ['', 'not-json', ''],
    ['[]', 'protocol-error', 'not JSON-RPC 2.0: []'],
    ['{"id":1,"result":{}}', 'protocol-error', 'not JSON-RPC 2.0'],
    ['{"jsonrpc":"2.0","id":2,"result":{}}', 'protocol-error', 'not the answer to request 1'],
    ['{"jsonrpc":"2.0","id":"1","result":{}}', 'protocol-error', 'not the answer to request 1'],
    ['{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}', 'protocol-error', 'Parse error'],
    ['{"jsonrpc":"2.0","id":1}', 'protocol-error', 'neither result nor error'],
    ['{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Unknown tool"}}', 'rpc-error', '-32602 Unknown tool'],
    ['{"jsonrpc":"2.0","id":1,"error":{"code":-1}}', 'rpc-error', '-1 {"code":-1}'],
    ['{"jsonrpc":"2.0","id":1,"error":"odd"}', 'rpc-error', '"odd"'],
  ])('%j is a failure of its own kind', (text, kind, detail) => {
    expect(asked().result(text)).toMatchObject({ kind, detail: expect.stringContaining(detail), status: 200 });
  });

  test('finds its answer among events', () => {
    const rpc = asked();
    const events = [
      '',
      '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}',
      '{"jsonrpc":"2.0","id":1,"method":"ping"}',
      '{"jsonrpc":"2.0","id":0,"result":{}}',
      '{"jsonrpc":"2.0","method":"notifications/message","params":{"data":{"id":1}}}',
      '{"id":1',
      '{"result":{"n":1}, "jsonrpc":"2.0", "id": 1}',
    ];
    expect(events.map((data) => rpc.events.isAnswer(event(data)))).toEqual([
      ...[false, false, false, false, false, false],
      true,
    ]);
    expect(rpc.result(events.at(-1) ?? '')).toEqual({ ok: true, json: { n: 1 } });
    rpc.request(ping);
    expect(rpc.events.isAnswer(event(events.at(-1) ?? ''))).toBe(false);
    expect(rpc.result(events.at(-1) ?? '')).toMatchObject({ kind: 'protocol-error' });
  });

  test('an answer read in place of the event that was found is not taken for it', () => {
    const rpc = asked();
    expect(rpc.events.isAnswer(event('{"jsonrpc":"2.0","id":1,"result":1}'))).toBe(true);
    expect(rpc.result('{"jsonrpc":"2.0","id":1,"result":2}')).toEqual({ ok: true, json: 2 });
  });

  test('never throws, whatever the server writes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => `{"jsonrpc":"2.0","id":1,"error":${json}}`),
        ),
        (text) => {
          expect(typeof asked().events.isAnswer(event(text))).toBe('boolean');
          expect(asked().result(text)).toHaveProperty('ok');
          expect(typeof rpcReasonIn(text)).toBe('string');
        },
      ),
    );
  });
});

test.each([
  ['{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}', '-32001 Session not found'],
  ['{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request"}}', '-32000 Bad Request'],
  ['{"detail":"Not Found"}', 'Not Found'],
  ['{"error":"nope"}', '{"error":"nope"}'],
  ['"error"', '"error"'],
  ['Bad Request', 'Bad Request'],
])('rpcReasonIn(%j)', (body, reason) => expect(rpcReasonIn(body)).toBe(reason));
