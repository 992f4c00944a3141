/** What a server said, redacted before, as one line of at most `longest` characters; of an HTML page its title, not its markup. */
export function excerpt(text: string, longest: number): string {
  const line = (htmlPage(text) ?? text).replace(/\s+/g, ' ').trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

/** An HTML page in words; null for any other text. */
function htmlPage(text: string): string | null {
  if (!/^\s*<(!doctype\s+html|html|head|body|title|center)\b/i.test(text)) return null;
  const title = /<title\b[^>]*>([^<]*)/i.exec(text)?.[1]?.trim() ?? '';
  return title === '' ? 'an HTML page' : `an HTML page, "${title}"`;
}
