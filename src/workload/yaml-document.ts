import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import { type SqloadError, usageError } from '../core/errors.ts';

/** Keys and indices from the top of a document: `['phases', 2, 'for']`. */
export type Path = readonly (string | number)[];

/** Something wrong with a document, found after its syntax was read. */
export interface Problem {
  readonly path: Path;
  /** What is expected, and what there is instead: `must be a whole number, got "many"`. */
  readonly message: string;
  /** The key itself is wrong, not what it holds. */
  readonly key?: boolean;
}

/** A YAML (or JSON) document that a user wrote: its value, and where each part of it stands. */
export interface YamlDocument {
  readonly value: unknown;
  /** `source:line:column` of the value at `path`; of its nearest parent when there is no such value. */
  where(path: Path): string;
  /** One error (exit 2) that lists all problems in the order of the file, each with its place and path. */
  error(problems: readonly Problem[]): SqloadError;
}

/**
 * Reads one YAML 1.2 document. `what` names its purpose in errors ("scenario"), `source` the file.
 * @throws SqloadError (exit 2) that lists every syntax problem, duplicate keys included.
 */
export function readYaml(text: string, what: string, source: string): YamlDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${source}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0)
    throw listed(
      what,
      source,
      faults.map(({ pos, message }) => `${place(pos[0])} ${inOurWords(message)}`),
    );
  const offsetOf = (path: Path, key: boolean): number => offsetIn(document, path, key);
  return {
    value: plainValue(document, what, source),
    where: (path) => place(offsetOf(path, false)),
    error: (problems) =>
      listed(
        what,
        source,
        problems
          .map((problem) => ({ ...problem, offset: offsetOf(problem.path, problem.key === true) }))
          .sort((a, b) => a.offset - b.offset)
          .map(({ path, message, offset }) => `${place(offset)} ${pathText(path)}${message}`),
      ),
  };
}

function plainValue(document: Document, what: string, source: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // The library refuses aliases that unfold to an enormous value.
    throw listed(what, source, [`${source}:1:1 ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function offsetIn(document: Document, path: Path, key: boolean): number {
  let node: unknown = document.contents;
  let offset = start(node) ?? 0;
  path.forEach((step, depth) => {
    const wantsKey = key && depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === step);
      node = pair?.value;
      const keyOffset = start(pair?.key);
      // What a key holds over several lines begins below it: the key is the better place to look.
      offset = (wantsKey || isCollection(node) || isEmpty(node) ? keyOffset : start(node)) ?? keyOffset ?? offset;
    } else if (isSeq(node)) {
      node = typeof step === 'number' ? node.items[step] : undefined;
      offset = start(node) ?? offset;
    } else node = undefined;
  });
  return offset;
}

const start = (node: unknown): number | undefined => (isNode(node) ? (node as Node).range?.[0] : undefined);
const isEmpty = (node: unknown): boolean => isScalar(node) && node.value === null;

function pathText(path: Path): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return path.length === 0 ? '' : `${text.replace(/^\./, '')}: `;
}

/** A file of another kind altogether is full of problems: the first of them say so. */
const problemsShown = 20;
const longestProblem = 240;

/** The library's message as a clause; one of them speaks to programmers, one knows nothing of texts like `!/goesOn`. */
function inOurWords(message: string): string {
  if (/multiple documents/i.test(message)) return 'a second document begins here; only one is read';
  const ours = `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
  return /^unresolved tag: !/i.test(message) ? `${ours}; a text that begins with ! needs quotes` : ours;
}

function listed(what: string, source: string, problems: readonly string[]): SqloadError {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  const shown = problems
    .slice(0, problemsShown)
    .map((text) => (text.length <= longestProblem ? text : `${text.slice(0, longestProblem - 1)}…`));
  if (problems.length > problemsShown) shown.push('…');
  return usageError(
    `Cannot read ${what} "${source}", ${count}:\n${shown.map((text) => `  ${text}`).join('\n')}`,
    `The README shows how a ${what} is written.`,
  );
}
