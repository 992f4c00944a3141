/** Quantiles of the standard normal distribution: nine of ten values lie below the first. */
export const z90 = 1.2815515655446004;
export const z95 = 1.6448536269514722;
/** The end of a two-sided 95 % interval. */
export const z975 = 1.959963984540054;
