import { type Failure, failure } from '../core/failure.ts';

export type Endpoint = { readonly ok: true; readonly path: string } | Failure;

/** Stands for the server where its address is not known; nobody can have this name (RFC 6761). */
const somewhere = 'http://server.invalid';

/**
 * The path that the event `endpoint` names, an address or a part of one, seen from the path of the stream that it came on. At the
 * server itself only: whoever follows it elsewhere takes its key there. Where `origin` is not known (null), an address counts by its path, since
 * requests go to the server under test whatever it says.
 */
export function resolveEndpoint(data: string, streamPath: string, origin: string | null): Endpoint {
  if (data.trim() === '') return failure('protocol-error', 'the endpoint is empty', 200);
  let url: URL;
  try {
    url = new URL(data, `${origin ?? somewhere}${streamPath}`);
  } catch {
    return failure('protocol-error', `the endpoint is no address: ${data}`, 200);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return failure('protocol-error', `the endpoint is no address of HTTP: ${data}`, 200);
  if (origin !== null && url.origin !== new URL(origin).origin)
    return failure('protocol-error', `the endpoint ${data} is not at ${origin}, where the stream is`, 200);
  return { ok: true, path: url.pathname + url.search };
}
