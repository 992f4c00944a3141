/** The middle of the values; of an even number of them, the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Slope of the line of least squares through [x, y] points. */
export function slope(points) {
  const mean = (i) => points.reduce((sum, point) => sum + point[i], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const across = points.reduce((sum, [px]) => sum + (px - x) ** 2, 0);
  return points.reduce((sum, [px, py]) => sum + (px - x) * (py - y), 0) / across;
}
