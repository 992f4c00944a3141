import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './planted-tree.ts';

/** A block of code between fences. */
export interface CodeBlock {
  /** The heading that it stands below. */
  readonly heading: string;
  readonly language: string;
  /** Line of the page on which its text begins, from 1. */
  readonly line: number;
  readonly text: string;
}

/** The pages for users, by their path from the root. */
export const documents: readonly string[] = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

export const readDocument = (path: string): string => readFileSync(join(root, path), 'utf8');

export function codeBlocks(markdown: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let heading = '';
  let open: { readonly language: string; readonly line: number; readonly lines: string[] } | null = null;
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^ {0,3}```(\w*)/.exec(line);
    if (fence && open) {
      blocks.push({ heading, language: open.language, line: open.line, text: open.lines.join('\n') });
      open = null;
    } else if (fence) open = { language: fence[1] ?? '', line: index + 2, lines: [] };
    else if (open) open.lines.push(line);
    else heading = /^#+ (.*)/.exec(line)?.[1] ?? heading;
  }
  return blocks;
}

/** The page without its blocks of code, line by line as before. */
export function withoutBlocks(markdown: string): string {
  let inside = false;
  const lines = markdown.split('\n').map((line) => {
    const fence = /^ {0,3}```/.test(line);
    const shown = inside || fence ? '' : line;
    if (fence) inside = !inside;
    return shown;
  });
  return lines.join('\n');
}

/** A command of sqload that a page shows. */
export interface ShownCommand {
  /** `README.md:12`. */
  readonly place: string;
  /** As it stands there. */
  readonly text: string;
  /** What follows `sqload`, as a shell hands it over. */
  readonly words: readonly string[];
}

/** Every command of sqload in the blocks of shell and YAML of a page, and between backticks in its text. */
export function shownCommands(path: string): readonly ShownCommand[] {
  const markdown = readDocument(path);
  const blocks = codeBlocks(markdown)
    .filter(({ language }) => ['sh', 'bash', 'yaml'].includes(language))
    .flatMap(({ text, line }) => logicalLines(text).map((logical) => ({ ...logical, line: line + logical.line })));
  const spans = withoutBlocks(markdown)
    .split('\n')
    .flatMap((text, index) =>
      [...text.matchAll(/`((?:[A-Z_]+=\S* )?(?:npx )?sqload [^`]+)`/g)].map(([, span = '']) => ({
        line: index + 1,
        // In a table a bar is written with a backslash.
        text: span.replaceAll('\\|', '|'),
      })),
    );
  return [...blocks, ...spans].flatMap(({ text, line }) =>
    simpleCommands(text).flatMap((words) => {
      const at = words.findIndex((word) => !/^(-\s+)?(run:|\w+=.*|npx|--no|--|-|\$)$/.test(word));
      return words[at] === 'sqload' ? [{ place: `${path}:${line}`, text, words: words.slice(at + 1) }] : [];
    }),
  );
}

/** Lines that end with a backslash go on in the next. */
function logicalLines(text: string): readonly { readonly line: number; readonly text: string }[] {
  const lines: { line: number; text: string }[] = [];
  let goesOn = false;
  for (const [index, line] of text.split('\n').entries()) {
    const last = lines.at(-1);
    const shown = line.replace(/\\$/, '');
    if (goesOn && last) last.text += ` ${shown.trim()}`;
    else lines.push({ line: index, text: shown.trim() });
    goesOn = line.endsWith('\\');
  }
  return lines;
}

/** Splits a line of shell at what stands between commands, and these into words; comments and redirections are left out. */
function simpleCommands(line: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  let redirected = false;
  for (const [token, single, double] of line.matchAll(
    /\s+|#.*$|&&|\|\||[;|&]|\d?>{1,2}|(?:'([^']*)'|"([^"]*)"|\$\{\{.*?\}\}|[^\s;|&>'"])+/g,
  )) {
    if (/^(\s+|#.*)$/.test(token)) continue;
    if (/^(&&|\|\||[;|&])$/.test(token)) commands.push([]);
    else if (/^\d?>{1,2}$/.test(token)) redirected = true;
    else if (redirected) redirected = false;
    else
      commands
        .at(-1)
        ?.push(single === undefined && double === undefined ? token : token.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
  }
  return commands;
}
