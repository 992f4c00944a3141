/** Follows a pointer into JSON (RFC 6901); undefined where it leads nowhere. */
export type Pointer = (json: unknown) => unknown;

/**
 * Compiles a JSON pointer: empty for the whole, or `/name/0/name` with `~1` for a slash and `~0` for a tilde.
 * @throws RangeError when it is none.
 */
export function compilePointer(text: string): Pointer {
  if (text !== '' && !text.startsWith('/')) throw new RangeError('must be a JSON pointer, which begins with /');
  if (/~(?![01])/.test(text))
    throw new RangeError('must be a JSON pointer, in which ~ is written ~0 and / is written ~1');
  const tokens = text
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  return (json) => {
    let at: unknown = json;
    for (const token of tokens) {
      if (typeof at !== 'object' || at === null) return undefined;
      if (Array.isArray(at) ? !/^(0|[1-9]\d*)$/.test(token) : !Object.hasOwn(at, token)) return undefined;
      at = (at as Record<string, unknown>)[token];
    }
    return at;
  };
}
