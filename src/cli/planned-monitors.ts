import type { RecordMonitor } from '../record/monitor.ts';
import type { MonitorMeasures } from '../verdict/refuse-unwatched.ts';
import type { RunSettings } from './run-settings.ts';

/** A monitor before its source was asked: what it may measure, and its place in the header of a plan. */
export interface PlannedMonitor {
  readonly monitor: RecordMonitor;
  readonly measures: MonitorMeasures['measures'];
}

/** The monitors that a run is to have. The built-in server reports itself. */
export function plannedMonitors({ host }: Pick<RunSettings, 'host'>): readonly PlannedMonitor[] {
  return host.value === null ? [planned('server', 'the built-in server', { cpu: true, memory: true })] : [];
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
