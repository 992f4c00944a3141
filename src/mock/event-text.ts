export type LineEnd = '\n' | '\r\n';

/** A server-sent event whose data is one line, as JSON is. */
export const eventText = (type: string, data: string, end: LineEnd): string =>
  `event: ${type}${end}data: ${data}${end}${end}`;

/** An event that carries an id and nothing else, so that a client could resume the stream from it. */
export const primingText = (id: string, end: LineEnd): string => `id: ${id}${end}data: ${end}${end}`;
