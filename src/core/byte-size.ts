const factors: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Reads a size: `512MB` (10⁶), `2GiB` (2³⁰), `1.5 GB`. @throws RangeError saying what it must be. */
export function parseByteSize(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,15}(?:\.\d{1,9})?)\s?([kmgt]?i?b)$/i.exec(text.trim()) ?? [];
  const factor = factors[unit.toLowerCase()];
  const bytes = Math.round(Number(digits) * (factor ?? Number.NaN));
  if (!Number.isSafeInteger(bytes) || bytes < 1) throw new RangeError('must be a size like 512MB or 2GiB');
  return bytes;
}

/** `512 MB`, `1.5 GB`, `12.3 MB`: powers of ten, three significant digits. */
export function formatByteSize(bytes: number): string {
  const [name, factor] =
    bytes >= 1e9 ? (['GB', 1e9] as const) : bytes >= 1e6 ? (['MB', 1e6] as const) : (['kB', 1e3] as const);
  const value = bytes / factor;
  const places = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${Number(value.toFixed(places))} ${name}`;
}
