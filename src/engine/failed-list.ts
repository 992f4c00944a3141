import type { Failure } from '../core/failure.ts';
import type { Redactor } from '../core/redactor.ts';
import { millis } from '../core/units.ts';
import type { Sample } from '../metrics/sample.ts';
import type { FailedLine, FailuresEvent } from '../record/hooks-event.ts';
import { excerpt } from './excerpt.ts';

/** Most failed requests that one slice tells in a second, one by one: a server that is down must not keep the load thread busy. */
const mostPerSecond = 1000;
const longest = 200;
/** A failing server says the same thing over and over: looking for secrets in it once is enough. */
const mostRemembered = 100;

/** Failed requests, one by one, as long as somebody listens. */
export class FailedList {
  readonly #redact: Redactor;
  readonly #texts = new Map<string, string>();
  #failures: FailedLine[] = [];
  #untold = 0;

  constructor(redact: Redactor) {
    this.#redact = redact;
  }

  add({ row, due, ended }: Sample, { kind: failure, status, detail }: Failure, session: boolean): void {
    if (this.#failures.length >= mostPerSecond) {
      this.#untold += 1;
      return;
    }
    const responseTime = millis(ended - due);
    this.#failures.push({ session, row, failure, status, at: ended, responseTime, text: this.#textOf(detail) });
  }

  /** Those since it was last asked; null for none. */
  take(second: number): FailuresEvent | null {
    const [failures, untold] = [this.#failures, this.#untold];
    if (failures.length === 0) return null;
    this.#failures = [];
    this.#untold = 0;
    return { kind: 'failures', second, failures, untold };
  }

  #textOf(detail: string): string {
    const known = this.#texts.get(detail);
    if (known !== undefined) return known;
    const text = excerpt(this.#redact(detail), longest);
    if (this.#texts.size >= mostRemembered) this.#texts.clear();
    this.#texts.set(detail, text);
    return text;
  }
}
