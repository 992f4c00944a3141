import type { FailureKind } from '../core/failure.ts';

/**
 * How far an exchange had come. `queued`: no connection is free; `connecting` lasts until the request is written; `listening`: its
 * answer is one of the events of a stream.
 */
export type Stage = 'queued' | 'connecting' | 'waiting' | 'reading' | 'listening';

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
  // This machine is out of something: not the server's fault.
  ['EMFILE', 'generator-error'],
  ['ENFILE', 'generator-error'],
  ['ENOBUFS', 'generator-error'],
  ['ENOMEM', 'generator-error'],
  ['EADDRNOTAVAIL', 'generator-error'],
]);

/** OpenSSL's names for a certificate that does not hold. */
const certificateCode =
  /^(?:ERR_(?:TLS|SSL|OSSL)_|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA)/;

/**
 * What ends an exchange, and the operating system knows no code for: the other side closed the connection, its answer is
 * no valid HTTP, or the request is none.
 */
export class WireFault extends Error {
  readonly fault: 'closed' | 'invalid' | 'unsendable';

  constructor(fault: WireFault['fault'], message: string) {
    super(message);
    this.fault = fault;
  }
}

const kindByFault: Readonly<Record<WireFault['fault'], FailureKind>> = {
  closed: 'reset',
  invalid: 'protocol-error',
  unsendable: 'generator-error',
};

/** Finds the kind of an error that a connection ended with. Whatever it does not know is a protocol error, in its own words. */
export function classifyError(error: unknown, stage: Stage): WireError {
  const causes = causesOf(error);
  const messages = [...new Set(causes.map(messageOf))].join('; ');
  if (isConnectionLoss(error)) return { kind: 'reset', detail: `${lossAt[stage]} (${messages})` };
  for (const cause of causes) {
    const kind = kindOf(cause);
    if (kind === 'generator-error') return { kind, detail: `this machine could not send the request: ${messages}` };
    if (kind) return { kind, detail: messages };
  }
  return { kind: 'protocol-error', detail: messages };
}

/** Whether the other side closed or reset the connection. */
export function isConnectionLoss(error: unknown): boolean {
  return causesOf(error).some((cause) => kindOf(cause) === 'reset');
}

function kindOf(cause: unknown): FailureKind | undefined {
  if (cause instanceof WireFault) return kindByFault[cause.fault];
  const code = codeOf(cause);
  return certificateCode.test(code) ? 'tls' : kindByCode.get(code);
}

const lossAt: Readonly<Record<Stage, string>> = {
  queued: 'the connection was closed before it could be used',
  connecting: 'the connection was closed while it was being opened',
  waiting: 'the connection was closed before the answer began',
  reading: 'the connection was closed in the middle of the answer',
  listening: 'the connection was closed before the event that is the answer',
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
  return error.message === '' ? codeOf(error) || error.name : error.message;
}
