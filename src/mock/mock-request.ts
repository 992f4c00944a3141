/** What the reference server looks at in an HTTP request. */
export interface MockRequest {
  readonly method: string;
  /** With or without a query. */
  readonly path: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** The value of a header, empty without one. */
export function headerOf({ headers }: MockRequest, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : (value?.[0] ?? '');
}

/** The path without its query. */
export const pathOf = ({ path }: MockRequest): string => {
  const query = path.indexOf('?');
  return query < 0 ? path : path.slice(0, query);
};

/** Whether the request carries `apiKey` as Bearer token; a null key lets everyone in. */
export const hasKey = (request: MockRequest, apiKey: string | null): boolean =>
  apiKey === null || /^bearer +(.*)$/is.exec(headerOf(request, 'authorization'))?.[1] === apiKey;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
