import type { Clock } from '../core/clock.ts';
import type { Exchange } from './exchange.ts';
import type { Link } from './link.ts';
import { endOfHead, type Prefix } from './request-text.ts';

/** Writes a whole request, in one packet if it fits, and notes when that was. */
export function writeRequest(exchange: Exchange, prefix: Prefix, link: Link, clock: Clock): void {
  const { method, body } = exchange.request;
  const bodyBytes = body === null ? 0 : Buffer.byteLength(body);
  const head = prefix.text + endOfHead(method, bodyBytes);
  exchange.stage = 'waiting';
  exchange.bytesSent = head.length + bodyBytes;
  exchange.sent = clock.now();
  if (body === null || body.length === bodyBytes) link.write(body === null ? head : head + body, 'latin1');
  else if (prefix.ascii) link.write(head + body, 'utf8');
  else link.writeBoth(head, body);
}
