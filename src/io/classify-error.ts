import type { FailureKind } from '../core/failure.ts';

/** How far an exchange had come. `queued`: no connection is free; `connecting` lasts until the request is written. */
export type Stage = 'queued' | 'connecting' | 'waiting' | 'reading';

/** What went wrong on the wire, as one of sqload's own kinds, and in words. */
export interface WireError {
  readonly kind: FailureKind;
  /** Holds text of the operating system or of the server: hostile. */
  readonly detail: string;
}

const kindByCode: ReadonlyMap<string, FailureKind> = new Map<string, FailureKind>([
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['EAI_FAIL', 'dns'],
  ['EAI_NODATA', 'dns'],
  ['ENODATA', 'dns'],
  // No way to the server is told apart from a slow one: nobody took the connection.
  ['ECONNREFUSED', 'refused'],
  ['EHOSTUNREACH', 'refused'],
  ['EHOSTDOWN', 'refused'],
  ['ENETUNREACH', 'refused'],
  ['ENETDOWN', 'refused'],
  ['EACCES', 'refused'],
  ['EPERM', 'refused'],
  ['ECONNRESET', 'reset'],
  ['ECONNABORTED', 'reset'],
  ['EPIPE', 'reset'],
  ['EPROTO', 'tls'],
  // The operating system gave up before our own deadline did.
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_OVERFLOW', 'protocol-error'],
  // This machine is out of something: not the server's fault.
  ['EMFILE', 'tool-error'],
  ['ENFILE', 'tool-error'],
  ['ENOBUFS', 'tool-error'],
  ['ENOMEM', 'tool-error'],
  ['EADDRNOTAVAIL', 'tool-error'],
  ['UND_ERR_INVALID_ARG', 'tool-error'],
  ['UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'tool-error'],
  ['ERR_ASSERTION', 'tool-error'],
]);

/** OpenSSL's names for a certificate that does not hold. */
const certificateCode =
  /^(?:ERR_(?:TLS|SSL|OSSL)_|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** How undici names an answer that stops before its announced end when the server has said that it would close. */
const isCutShort = (cause: unknown): boolean =>
  codeOf(cause) === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' || messageOf(cause).includes('(Invalid EOF state)');

/** Finds the kind of an error that a connection ended with. Whatever it does not know is a protocol error, in its own words. */
export function classifyError(error: unknown, stage: Stage): WireError {
  const causes = causesOf(error);
  const messages = [...new Set(causes.map(messageOf))].join('; ');
  if (isConnectionLoss(error) || (stage === 'reading' && causes.some(isCutShort)))
    return { kind: 'reset', detail: `${lossAt[stage]} (${messages})` };
  for (const cause of causes) {
    const code = codeOf(cause);
    const kind = certificateCode.test(code) ? 'tls' : kindByCode.get(code);
    if (kind === 'tool-error') return { kind, detail: `this machine could not send the request: ${messages}` };
    if (kind) return { kind, detail: messages };
  }
  return { kind: 'protocol-error', detail: messages };
}

/** Whether the other side closed or reset the connection. */
export function isConnectionLoss(error: unknown): boolean {
  return causesOf(error).some((cause) => {
    const code = codeOf(cause);
    if (code === 'UND_ERR_SOCKET') return closed.has(messageOf(cause));
    return kindByCode.get(code) === 'reset';
  });
}

/** undici gives one code to all that ends a socket; only these mean that the server closed it. */
const closed = new Set(['other side closed', 'closed']);

const lossAt: Readonly<Record<Stage, string>> = {
  queued: 'the connection was closed before it could be used',
  connecting: 'the connection was closed while it was being opened',
  waiting: 'the connection was closed before the answer began',
  reading: 'the connection was closed in the middle of the answer',
};

/** A dual-stack connect fails with one error for each address. */
function causesOf(error: unknown): readonly unknown[] {
  return error instanceof AggregateError && error.errors.length > 0 ? error.errors : [error];
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // undici's words for either; it does not take a 100 Continue that it has not asked for.
  if (error.message === 'bad response') return 'a 100 Continue or other bytes that nobody has asked for';
  return error.message === '' ? codeOf(error) || error.name : error.message;
}
