import type { McpDialectPlan } from './dialect-plan.ts';
import { RpcCaller } from './json-rpc.ts';
import { type McpChannel, saidIn } from './mcp-channel.ts';
import { type Asked, statelessRequests } from './mcp-requests.ts';
import { SetUp } from './set-up.ts';
import type { WireRequest } from './wire.ts';

/**
 * Streamable HTTP of 2026-07-28: neither handshake nor session; headers repeat what the body says, so that a proxy need not read it.
 * @returns what makes a channel for each user.
 */
export function mcpStateless(plan: McpDialectPlan): () => McpChannel {
  const path = plan.basePath + plan.path;
  const common = [
    ...['content-type', 'application/json', 'accept', 'application/json, text/event-stream'],
    ...plan.headers,
    ...['mcp-protocol-version', plan.version],
  ];
  const requests = statelessRequests(plan);
  const headersOf = (what: Asked): readonly string[] => {
    const { method, tool } = requests[what];
    return [...common, 'mcp-method', method, ...(tool === null ? [] : ['mcp-name', headerValue(tool)])];
  };
  // Made once: the transport writes an array of headers that it knows only once.
  const headers: Readonly<Record<Asked, readonly string[]>> = {
    initial: headersOf('initial'),
    'follow-up': headersOf('follow-up'),
    automatic: headersOf('automatic'),
    ping: headersOf('ping'),
    tools: headersOf('tools'),
  };
  return () => {
    const rpc = new RpcCaller('reply');
    return {
      setUp: new SetUp([]),
      ask: (what, args): WireRequest => ({
        method: 'POST',
        path,
        headers: headers[what],
        body: rpc.request(requests[what].text, args),
        events: rpc.events,
      }),
      answer(reply) {
        const said = saidIn(reply);
        return said.ok ? rpc.result(said.text) : said;
      },
      streamEnded() {},
      end: () => null,
      ended: () => ({ ok: true }),
    };
  };
}

/** A name that a header cannot hold as it is goes as base64 of its UTF-8. */
function headerValue(name: string): string {
  const isPlain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(name) && !name.startsWith('=?base64?');
  return isPlain ? name : `=?base64?${Buffer.from(name, 'utf8').toString('base64')}?=`;
}
