/** An HTTP answer, before anything is done to it on its way. */
export interface HttpReply {
  readonly status: number;
  /** Lower-case names; content-length is for the one who sends it. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const jsonReply = (
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

export const textReply = (status: number, contentType: string, body: string): HttpReply => ({
  status,
  headers: { 'content-type': contentType },
  body,
});

export const emptyReply = (status: number, headers: Readonly<Record<string, string>> = {}): HttpReply => ({
  status,
  headers,
  body: '',
});

/** A whole reply that is a stream of events. */
export const eventsReply = (body: string, headers: Readonly<Record<string, string>> = {}): HttpReply => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', ...headers },
  body,
});

/** What a proxy shows in place of what is behind it. */
export const proxyPage = textReply(
  200,
  'text/html; charset=utf-8',
  '<!doctype html><title>Maintenance</title><p>We will be back soon.</p>\n',
);
