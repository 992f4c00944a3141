import type { Path, Problem } from './yaml-document.ts';

/** Says by an Error what is wrong with a text. */
type Grammar<Text = string> = (text: Text) => unknown;

/**
 * Texts in a scenario that other layers read. The caller lends their grammars, so that one reading finds every problem; each
 * throws an Error that says what is wrong.
 */
export interface ScenarioGrammars {
  readonly threshold?: Grammar;
  readonly host?: Grammar;
  readonly header?: Grammar<{ readonly name: string; readonly value: string }>;
  readonly monitor?: Grammar;
  readonly cpuLimit?: Grammar;
  readonly memoryLimit?: Grammar;
  readonly latency?: Grammar;
  readonly fault?: Grammar;
  readonly connections?: Grammar;
  readonly keepAlive?: Grammar;
  readonly dialect?: Grammar;
  readonly mcpVersion?: Grammar;
  readonly mcpTransport?: Grammar;
  readonly mcpHealth?: Grammar;
  readonly tool?: Grammar;
  /** A text of a template: its placeholders exist. */
  readonly template?: Grammar;
  /** A text that takes no placeholder. */
  readonly constant?: Grammar;
  readonly pointer?: Grammar;
  /** A pointer that may be negated. */
  readonly done?: Grammar;
}

/** What a grammar finds wrong with the text at `path`; nothing where the file says nothing. */
export function held<Text>(path: Path, text: Text | null | undefined, grammar?: Grammar<Text>): Problem[] {
  if (text === null || text === undefined) return [];
  try {
    grammar?.(text);
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [{ path, message: error.message.replace(/\.$/, '') }];
  }
}
