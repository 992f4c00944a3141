/** A space that a line may end at: none within `1 204`, none before a unit, and none after `<`. */
const breakable = /(?<![<>]=?) (?!(?:%|ms|s|MB)(?:[\s,.;:)]|$))(?!(?<=\d )\d{3}\b)/;

/** Breaks a sentence into lines of at most `width` characters at spaces, not between a number and its unit or its sign; a longer word stays whole. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(breakable)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
