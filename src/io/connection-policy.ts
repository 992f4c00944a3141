import type { Millis } from '../core/units.ts';

/** Who has a connection: each user its own, or `count` of them for all users of one transport. */
export type Connections = { readonly kind: 'per-user' } | { readonly kind: 'shared'; readonly count: number };

/**
 * How long a connection is kept: until the server closes it; until it was idle for longer than `limit`; or for one request.
 * What servers hint at in `keep-alive` headers is not followed.
 */
export type KeepAlive =
  | { readonly kind: 'keep' }
  | { readonly kind: 'idle'; readonly limit: Millis }
  | { readonly kind: 'off' };

/** Which connections a run has. Part of what makes two runs comparable. */
export interface ConnectionPolicy {
  readonly connections: Connections;
  readonly keepAlive: KeepAlive;
  /** A close that crosses a request on a used connection is retried once; otherwise it is a `stale-connection`. */
  readonly staleRetry: boolean;
  /** TLS handshakes resume the session of the last one; otherwise every handshake is a full one. */
  readonly tlsResumption: boolean;
}

export const defaultConnectionPolicy: ConnectionPolicy = {
  connections: { kind: 'per-user' },
  keepAlive: { kind: 'keep' },
  staleRetry: true,
  tlsResumption: false,
};

/** All that a transport needs to know, as plain data: it may cross to another thread. What the policy leaves out is as by default. */
export interface TransportOptions extends Partial<ConnectionPolicy> {
  /** Scheme, host and port: `http://127.0.0.1:8000`. */
  readonly origin: string;
  /** `ca` is PEM text that replaces the system's authorities; `insecure` accepts every certificate. */
  readonly tls: { readonly insecure: boolean; readonly ca: string | null };
}
