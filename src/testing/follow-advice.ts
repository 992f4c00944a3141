/** The command line after what the advice of a failed preflight says: `…: add --dialect mcp and leave --tool and --path out.` */
export function followAdvice(argv: readonly string[], stderr: string): string[] {
  const [, added = '', left = ''] = /: (?:add (--.*?))?(?: and )?(?:leave (.*) out)?\.\n/.exec(stderr) ?? [];
  const flags = added === '' ? [] : added.split(' ');
  const away = left.split(/, | and /).filter((name) => name !== '');
  const kept = argv.filter((word, n) => !away.includes(word) && !away.includes(argv[n - 1] ?? ''));
  return [...kept, ...flags];
}
