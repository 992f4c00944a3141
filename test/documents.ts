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
export const withoutCode = (markdown: string): string =>
  markdown.replace(/^ {0,3}```[\s\S]*?^ {0,3}```$/gm, (block) => block.replace(/.*/g, ''));
