const longest = 500;

/** JSON as it came, cut short: the rest is of no use to anybody. Never throws, however deep a server nests. */
export function shownJson(json: unknown): string {
  try {
    return (JSON.stringify(json) ?? 'an empty answer').slice(0, longest);
  } catch {
    return 'JSON that is nested too deep to show';
  }
}
