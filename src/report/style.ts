import picocolors from 'picocolors';

/** How the console report marks what matters. Without colour every mark gives its text back as it is, byte for byte. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly doubtful: (text: string) => string;
}

export function createStyle(color: boolean): Style {
  const { bold, dim, green, red, yellow } = picocolors.createColors(color);
  return { bold, dim, good: green, bad: red, doubtful: yellow };
}
