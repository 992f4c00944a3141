import { usageError } from '../../core/errors.ts';
import { describeMonitor, type NamedMonitor, nameMonitors } from '../../monitor/monitor-source.ts';
import { rowIds } from '../../protocol/dialect.ts';
import type { RecordMonitor } from '../../record/monitor.ts';
import type { MonitorMeasures } from '../../verdict/refuse-unwatched.ts';
import { sessionRow } from '../../verdict/threshold.ts';
import type { RunSettings } from './run-settings.ts';

/** A monitor before its source was asked: what it may measure, and its place in the header of a plan. */
export interface PlannedMonitor {
  readonly monitor: RecordMonitor;
  readonly measures: MonitorMeasures['measures'];
}

/** What thresholds call that which hooks measure: `custom.<name>.p95<2s`. */
const hooksPrefix = 'custom';

/** The name of the monitor of the built-in server, which reports itself. */
const builtIn = 'server';

type MonitorSettings = Pick<RunSettings, 'host' | 'monitors'>;

/**
 * The monitors that were asked for, with a name each.
 * @throws SqloadError (exit 2) for a name that is something else's, and a source that is given twice.
 */
export function namedMonitors({ host, monitors }: MonitorSettings): readonly NamedMonitor[] {
  const taken = [...rowIds, sessionRow.id, hooksPrefix, ...(host.value === null ? [builtIn] : [])];
  try {
    return nameMonitors(monitors.value, taken);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw usageError(
      error.message,
      error.message.startsWith('The name')
        ? `Give each monitor a name of its own, and none of ${taken.join(', ')}.`
        : 'Each is read once a second anyway: leave one of them out.',
    );
  }
}

/** The monitors that a run is to have, the built-in server's own first. */
export function plannedMonitors(settings: MonitorSettings): readonly PlannedMonitor[] {
  const both = { cpu: true, memory: true };
  return [
    ...(settings.host.value === null ? [planned(builtIn, 'the built-in server', both)] : []),
    ...namedMonitors(settings).map(({ name, source }) => {
      const { words, measures } = describeMonitor(source);
      return planned(name, words, measures);
    }),
  ];
}

function planned(name: string, source: string, measures: MonitorMeasures['measures']): PlannedMonitor {
  const limit = { amount: null, of: '' };
  return {
    monitor: {
      name,
      source,
      slice: 0,
      cpu: measures.cpu ? limit : null,
      memory: measures.memory ? limit : null,
    },
    measures,
  };
}
