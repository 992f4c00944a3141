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
