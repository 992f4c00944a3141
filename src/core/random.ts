/** A stream of chance that can be split into independent, named streams. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** An independent stream. It depends on this stream's seed and the label only, not on how much was drawn. */
  fork(label: string | number): Random;
}

/**
 * A seeded stream: xoshiro128** (Blackman and Vigna, 2018), its state filled by a 32-bit avalanche hash of the seed.
 * The same seed gives the same numbers on every machine.
 */
export function seededRandom(seed: string): Random {
  return fromKey(hash(0x9e3779b9, seed));
}

function fromKey(key: number): Random {
  let s0 = mix(key ^ 0x243f6a88);
  let s1 = mix(key ^ 0x85a308d3);
  let s2 = mix(key ^ 0x13198a2e);
  let s3 = mix(key ^ 0x03707344) | 1;
  return {
    next() {
      const result = Math.imul(rotl(Math.imul(s1, 5), 7), 9);
      const t = s1 << 9;
      s2 ^= s0;
      s3 ^= s1;
      s1 ^= s2;
      s0 ^= s3;
      s2 ^= t;
      s3 = rotl(s3, 11);
      return (result >>> 0) / 0x1_0000_0000;
    },
    fork: (label) => fromKey(hash(key, String(label))),
  };
}

const rotl = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** The finaliser of MurmurHash3: every input bit reaches every output bit. */
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function hash(key: number, text: string): number {
  let h = mix(key ^ text.length);
  for (let i = 0; i < text.length; i++) h = mix(Math.imul(h, 31) ^ text.charCodeAt(i));
  return h;
}

/** Every byte as two hexadecimal digits. */
const hex: readonly string[] = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));
const high = (word: number): string => `${hex[word >>> 24]}${hex[(word >>> 16) & 255]}`;
const low = (word: number): string => `${hex[(word >>> 8) & 255]}${hex[word & 255]}`;

/** A version-4 UUID whose 122 random bits come from `random`. */
export function uuid(random: Random): string {
  const a = random.next() * 0x1_0000_0000;
  const b = ((random.next() * 0x1_0000_0000) & 0xffff_0fff) | 0x4000;
  const c = ((random.next() * 0x1_0000_0000) & 0x3fff_ffff) | 0x8000_0000;
  const d = random.next() * 0x1_0000_0000;
  return `${high(a)}${low(a)}-${high(b)}-${low(b)}-${high(c)}-${low(c)}${high(d)}${low(d)}`;
}
