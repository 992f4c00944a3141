import type { TextOutput } from '../host.ts';

/** Without a terminal a line is printed at these seconds, and then every minute. */
const plainSeconds: ReadonlySet<number> = new Set([5, 15, 30]);

/** Shows one line of progress: repainted in place on a terminal, printed now and then elsewhere. */
export class ProgressScreen {
  readonly #output: TextOutput;
  #painted = false;

  constructor(output: TextOutput) {
    this.#output = output;
  }

  /** Shows what `line` gives of the run up to `second`; it is asked only when it is shown. */
  show(second: number, line: () => string): void {
    if (this.#output.isTTY) {
      this.#output.write(`\r\x1b[2K${[...line()].slice(0, this.#output.columns - 1).join('')}`);
      this.#painted = true;
    } else if (plainSeconds.has(second) || (second > 0 && second % 60 === 0)) this.#output.write(`${line()}\n`);
  }

  /** Prints whole lines of text without tearing the painted one. */
  print(text: string): void {
    this.clear();
    this.#output.write(text);
  }

  /** Takes the painted line away, so that whatever is written next starts on a line of its own. */
  clear(): void {
    if (this.#painted) this.#output.write('\r\x1b[2K');
    this.#painted = false;
  }
}
