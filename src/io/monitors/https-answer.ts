import { get } from 'node:https';
import { rootCertificates } from 'node:tls';
import type { TransportOptions } from '../connection-policy.ts';

/** Which certificates of a server are accepted. */
export type MonitorTls = TransportOptions['tls'];

/** The answer to a GET, as far as it is needed here. */
export interface Answer {
  readonly status: number;
  /** null: it has none. */
  readonly body: AsyncIterable<Uint8Array> | null;
}

/**
 * Sends a GET over TLS with certificates that global fetch would not accept: any at all, or those of an authority of one's
 * own beside the usual ones. @throws Error of the connection
 */
export function httpsAnswer(
  href: string,
  headers: Readonly<Record<string, string>>,
  { tls, signal }: { readonly tls: MonitorTls; readonly signal: AbortSignal },
): Promise<Answer> {
  const trusted = tls.ca === null ? {} : { ca: [...rootCertificates, tls.ca] };
  return new Promise((resolve, reject) => {
    get(href, { headers, signal, rejectUnauthorized: !tls.insecure, agent: false, ...trusted }, (message) =>
      resolve({ status: message.statusCode ?? 0, body: message }),
    ).on('error', reject);
  });
}
