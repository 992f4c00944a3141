import type { Style } from './style.ts';
import { wrapText } from './wrap-text.ts';

/** A dim label before each text; a long text goes on below itself. A text without a label belongs to the one above. */
export function labelled(
  style: Style,
  width: number,
  pairs: readonly (readonly [label: string, text: string])[],
): readonly string[] {
  const indent = Math.max(...pairs.map(([label]) => label.length)) + 2;
  return pairs.flatMap(([label, text]) =>
    wrapText(text, width - indent).map((line, i) => style.dim((i === 0 ? label : '').padEnd(indent)) + line),
  );
}
