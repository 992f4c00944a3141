import { createRedactor } from '../../core/redactor.ts';
import { type CounterSource, countIn, showCounter } from '../../monitor/counter-source.ts';
import { monitorUrlSecrets } from '../../monitor/monitor-source.ts';
import type { CountedEvent } from '../../record/counted-event.ts';
import type { RunEvent } from '../../record/run-event.ts';
import { fetchText } from './fetch-text.ts';
import type { MonitorTls } from './https-answer.ts';

/** A counter of the server as it stood before the load. */
export interface CountBefore {
  readonly source: CounterSource;
  readonly counts: CountedEvent['counts'];
  readonly before: number;
}

/** What a counter stands at. @throws Error, a clause without secrets, when it cannot be read. */
export async function readCounter(source: CounterSource, tls: MonitorTls): Promise<number> {
  try {
    return countIn(source, await fetchText(source.url.href, source.url, tls));
  } catch (error) {
    throw new Error(
      createRedactor(monitorUrlSecrets(source.url))(error instanceof Error ? error.message : String(error)),
    );
  }
}

/** Adds to the events of a run, before its end, what the server has counted meanwhile; nothing where it does not say. */
export async function* withCounter(
  events: AsyncIterable<RunEvent>,
  { source, counts, before }: CountBefore,
  read: (source: CounterSource) => Promise<number>,
): AsyncGenerator<RunEvent, void, undefined> {
  for await (const event of events) {
    if (event.kind === 'end') {
      const after = await read(source).catch(() => null);
      if (after !== null) yield { kind: 'counted', source: showCounter(source), counts, before, after };
    }
    yield event;
  }
}
