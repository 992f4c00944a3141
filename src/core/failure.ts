/**
 * Every way in which a started request can fail to be a success. The set is closed: reports, schema and docs rely on it.
 * `rpc-error` is an error of JSON-RPC, `tool-error` what an MCP tool says of itself (`isError`), both with status 200;
 * `generator-error` is a fault of sqload or of the machine that it runs on.
 */
export const failureKinds = [
  'dns',
  'refused',
  'reset',
  'stale-connection',
  'tls',
  'timeout',
  'http-4xx',
  'http-5xx',
  'not-json',
  'missing-field',
  'protocol-error',
  'rpc-error',
  'tool-error',
  'generator-error',
  'unfinished',
] as const;

export type FailureKind = (typeof failureKinds)[number];

/** What became of one request. A failing server is data, so a failure is a value and never thrown. */
export type Outcome = { readonly ok: true } | Failure;

export interface Failure {
  readonly ok: false;
  readonly kind: FailureKind;
  /** HTTP status, or 0 where no status line arrived. */
  readonly status: number;
  /** What the server or the network said, as it came: hostile text that only a redactor may let through. */
  readonly detail: string;
}

export const success: Outcome = { ok: true };

export const failure = (kind: FailureKind, detail: string, status = 0): Failure => ({
  ok: false,
  kind,
  status,
  detail,
});
