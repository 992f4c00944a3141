import type { HttpReply } from '../mock/http-reply.ts';
import type { MockRequest } from '../mock/mock-request.ts';
import type { WireRequest } from '../protocol/wire.ts';
import type { Answered } from './simulated-exchange.ts';

/** A reply as the transport hands it over, when it is no event of a stream. */
export const plain = ({ status, headers, body }: HttpReply): Answered => ({
  status,
  contentType: headers['content-type'] ?? '',
  session: headers['mcp-session-id'] ?? '',
  body,
  isEvent: false,
});

/** A request as the reference server reads it. */
export const asMockRequest = ({ method, path, headers, body }: WireRequest): MockRequest => ({
  method,
  path,
  headers: byName(headers),
  body: body ?? '',
});

/** Headers are shared between requests, so that this is done once for each array. */
const known = new WeakMap<readonly string[], MockRequest['headers']>();

function byName(flat: readonly string[]): MockRequest['headers'] {
  const found = known.get(flat);
  if (found) return found;
  const headers: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) headers[(flat[i] ?? '').toLowerCase()] ??= flat[i + 1] ?? '';
  known.set(flat, headers);
  return headers;
}
