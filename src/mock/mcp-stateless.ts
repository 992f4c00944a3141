import type { HttpReply } from './http-reply.ts';
import { handshakeVersions, statelessVersion } from './mcp-task.ts';
import { headerOf, isObject, type MockRequest } from './mock-request.ts';
import { codes, type RpcMessage, rpcRefusal } from './rpc-message.ts';

const versionKey = 'io.modelcontextprotocol/protocolVersion';
const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities';

type Message = Exclude<RpcMessage, { kind: 'response' }>;

/** What the message itself says about its revision. */
const metaOf = ({ params }: Message): Readonly<Record<string, unknown>> => {
  const { _meta: meta } = params;
  return isObject(meta) ? meta : {};
};

/** Whether a message is one of the era without handshakes: it names its revision, or its header names one of that era. */
export const isStateless = (request: MockRequest, message: RpcMessage): boolean =>
  message.kind !== 'response' &&
  (metaOf(message)[versionKey] !== undefined || headerOf(request, 'mcp-protocol-version') >= statelessVersion);

/**
 * What is wrong with the headers and the `_meta` of a request of 2026-07-28, in the order and the words of the official SDK's
 * server 2.4; null when it can be served.
 */
export function checkStateless(request: MockRequest, message: Message): HttpReply | null {
  const id = message.kind === 'request' ? message.id : null;
  const refuse = (code: number, text: string, data?: unknown) => rpcRefusal(400, code, text, { id, data });
  const mismatch = (header: string, body: string) =>
    refuse(codes.headerMismatch, `Bad Request: the request headers and body disagree: ${body}`, {
      mismatch: { header: header || '(missing)', body },
    });
  const version = headerOf(request, 'mcp-protocol-version');
  const { method, params } = message;
  const meta = metaOf(message);
  const claimed = meta[versionKey];
  if (message.kind === 'notification') return null;
  if (method === 'initialize' && claimed === undefined)
    return mismatch(version, 'an initialize request was sent with an MCP-Protocol-Version header of a later era');
  const lacking = [versionKey, capabilitiesKey].filter((key) => meta[key] === undefined);
  if (lacking.length > 0)
    return refuse(codes.invalidParams, `Invalid params: the request is missing in _meta: ${lacking.join(', ')}`, {
      envelope: { missing: lacking },
    });
  if (version !== '' && version !== claimed)
    return mismatch(version, `_meta names protocol version ${claimed} but the header names ${version}`);
  if (claimed !== statelessVersion)
    return refuse(codes.unsupportedVersion, `Unsupported protocol version: ${claimed}`, {
      supported: [statelessVersion],
      requested: claimed,
    });
  if (version === '') return mismatch('', 'the required MCP-Protocol-Version header is absent');
  const named = headerOf(request, 'mcp-method');
  if (named !== method) return mismatch(named, `the body names method ${method}, and the Mcp-Method header does not`);
  return method === 'tools/call' ? checkName(request, params['name'], mismatch) : null;
}

function checkName(
  request: MockRequest,
  name: unknown,
  mismatch: (header: string, body: string) => HttpReply,
): HttpReply | null {
  const header = headerOf(request, 'mcp-name').trim();
  const encoded = /^=\?base64\?(.*)\?=$/s.exec(header)?.[1];
  const tool = encoded === undefined ? header : decodeBase64(encoded);
  return tool === name ? null : mismatch(header, `the body names tool ${name}, and the Mcp-Name header does not`);
}

function decodeBase64(text: string): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
  } catch {
    return null;
  }
}

/** What a server that knows 2026-07-28 only says to a message of the time before. Null: it is taken and dropped. */
export function refuseHandshake(request: MockRequest, message: RpcMessage): HttpReply | null {
  if (message.kind === 'notification') return null;
  if (message.kind === 'response')
    return rpcRefusal(400, codes.invalidRequest, 'Bad Request: JSON-RPC responses cannot be posted to this endpoint');
  const offered = message.method === 'initialize' ? message.params['protocolVersion'] : '';
  const requested = typeof offered === 'string' && offered !== '' ? offered : headerOf(request, 'mcp-protocol-version');
  return rpcRefusal(
    400,
    codes.unsupportedVersion,
    `Unsupported protocol version: ${requested === '' ? 'the request did not name a protocol version' : requested}`,
    {
      id: message.id,
      data: { supported: [statelessVersion], ...(requested === '' ? {} : { requested }) },
    },
  );
}

/** As the official SDK's server 1.32 checks the header after a handshake; without one it lets the request pass. */
export function checkHandshakeVersion(request: MockRequest): HttpReply | null {
  const version = headerOf(request, 'mcp-protocol-version');
  if (version === '' || handshakeVersions.includes(version)) return null;
  const supported = handshakeVersions.join(', ');
  return rpcRefusal(
    400,
    codes.badRequest,
    `Bad Request: Unsupported protocol version: ${version} (supported versions: ${supported})`,
  );
}
