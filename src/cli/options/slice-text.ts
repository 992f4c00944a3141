import type { Slice } from '../../workload/slice.ts';

const most = 1000;

/** Reads `2/8`: the second of eight shares. @throws RangeError saying what it must be. */
export function parseSlice(text: string): Slice {
  const [, part, parts] = /^(\d+)\s*\/\s*(\d+)$/.exec(text) ?? [];
  const index = Number(part) - 1;
  const count = Number(parts);
  if (!(count >= 1 && count <= most && index >= 0 && index < count))
    throw new RangeError(`must be like 2/8: the second of eight shares, of ${most} at most`);
  return { index, count };
}

export const showSlice = ({ index, count }: Slice): string => `${index + 1}/${count}`;
