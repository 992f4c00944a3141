/** A server to test: where it is, and who one claims to be there. */
export interface Address {
  /** Scheme, host and port: `https://staging.example:8443`. */
  readonly origin: string;
  /** Before every path: empty, or `/` and no slash at the end. */
  readonly basePath: string;
  /** From `http://user:password@…`, decoded. Becomes Basic authorization and is never shown. */
  readonly userInfo: { readonly user: string; readonly password: string } | null;
}

/**
 * Reads `http://host:8000` or `https://user:password@host/base/path`.
 * @throws RangeError saying what the address must be.
 */
export function parseAddress(text: string): Address {
  if (!/^https?:\/\//i.test(text))
    throw new RangeError('must begin with http:// or https://, like http://localhost:8000');
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || /\s/.test(text)) throw new RangeError('must be an address like http://localhost:8000/base');
  if (url.search !== '' || url.hash !== '')
    throw new RangeError('must end with its path: a query (?…) or fragment (#…) has no place in it');
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, ''), userInfo: userInfoOf(url) };
}

/** The address for people and for records: without user name and password. */
export const showAddress = (address: Address): string => address.origin + address.basePath;

/** An address as it was typed, with everything before the last `@` taken out. */
export const maskAddress = (text: string): string => text.replace(/^([a-z]+:\/\/)?.*@/i, '$1[redacted]@');

function userInfoOf(url: URL): Address['userInfo'] {
  if (url.username === '' && url.password === '') return null;
  try {
    const user = decodeURIComponent(url.username);
    if (user.includes(':')) throw new RangeError('must have a user name without a colon');
    return { user, password: decodeURIComponent(url.password) };
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new RangeError('must have a percent sign in its user name or password written as %25');
  }
}
