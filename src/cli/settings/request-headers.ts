import type { Address } from '../options/address.ts';
import { carriesSecret, type HeaderField } from '../options/header-field.ts';

/** Who a request claims to come from, and what else it carries. */
export interface Credentials {
  readonly host: Address | null;
  readonly apiKey: string | null;
  readonly headers: readonly HeaderField[];
}

/** Headers of every request, flat (name, value, …): authorization first, then the user's own. */
export function requestHeaders({ host, apiKey, headers }: Credentials): readonly string[] {
  const own = headers.flatMap(({ name, value }) => [name, value]);
  if (apiKey !== null) return ['authorization', `Bearer ${apiKey}`, ...own];
  const pair = userPair(host);
  return pair === null ? own : ['authorization', `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`, ...own];
}

/** Everything in them that must be seen nowhere, in each form in which a server may hand it back. */
export function secretsOf({ host, apiKey, headers }: Credentials): readonly string[] {
  const secrets = headers.filter(({ name }) => carriesSecret(name)).flatMap(({ value }) => [value, ...parts(value)]);
  if (apiKey !== null) secrets.push(apiKey);
  const pair = userPair(host);
  if (pair !== null && host?.userInfo) secrets.push(pair, host.userInfo.password);
  return [...new Set(secrets.filter((secret) => secret !== ''))];
}

const userPair = (host: Address | null): string | null =>
  host?.userInfo ? `${host.userInfo.user}:${host.userInfo.password}` : null;

/** `Bearer abc` hides `abc`; `a=1; b=2` hides `1` and `2`, as far as they are long enough to be a secret. */
function parts(value: string): readonly string[] {
  const words = value.split(/[\s;,]+/).flatMap((word) => [word, word.slice(word.indexOf('=') + 1)]);
  return words.filter((word) => word.length >= 8);
}
