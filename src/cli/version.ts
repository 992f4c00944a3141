import { readFileSync } from 'node:fs';

/** The version of sqload as its package.json has it, two folders up from here in `src` and in `dist` alike. */
export function sqloadVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
