import { expect, test } from 'vitest';
import { normalTail } from './mills-ratio.ts';
import { z90, z95, z975 } from './normal-quantiles.ts';

test.each([
  [z90, 0.1],
  [z95, 0.05],
  [z975, 0.025],
])('above %d lies a share of %d', (z, above) => {
  expect(normalTail(z)).toBeCloseTo(above, 6);
});
