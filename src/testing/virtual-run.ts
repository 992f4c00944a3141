import { readFileSync } from 'node:fs';
import { seededRandom } from '../core/random.ts';
import { millis, seconds } from '../core/units.ts';
import type { RunPlan } from '../engine/run-plan.ts';
import { runSlice } from '../engine/run-slice.ts';
import { RunStop } from '../engine/stop.ts';
import { defaultCorpus } from '../protocol/default-corpus.ts';
import { guidePaths } from '../protocol/path-dialect.ts';
import { RunFold } from '../record/fold.ts';
import type { MonitorEvent, RecordMonitor } from '../record/monitor.ts';
import type { RunEvent } from '../record/run-event.ts';
import { buildProfile } from '../workload/build-profile.ts';
import type { LoadProfile } from '../workload/load-profile.ts';
import { parseScenario } from '../workload/parse-scenario.ts';
import type { LoadOverrides } from '../workload/scale-scenario.ts';
import { type Slice, wholeRun } from '../workload/slice.ts';
import { plantHeader } from './record-builder.ts';
import { type SimulatedServer, type SimulatedServerOptions, simulatedServer } from './simulated-server.ts';
import { VirtualClock } from './virtual-clock.ts';

/** A plan with the guide's flow for this profile; everything else as sqload has it by default. */
export function planFor(profile: LoadProfile, overrides: Partial<RunPlan> = {}): RunPlan {
  return {
    profile,
    flow: { mix: { health: 1, initial: 3, 'follow-up': 5, automatic: 0 }, history: 'growing', corpus: defaultCorpus },
    think: { min: seconds(3), max: seconds(7) },
    dialect: { name: 'guide', basePath: '', paths: guidePaths, headers: [] },
    timeout: seconds(60),
    stopTimeout: seconds(30),
    secrets: [],
    ...overrides,
  };
}

/** The profile of a scenario that ships with sqload. */
export function presetProfile(name: 'ramp' | 'sustained' | 'spike', overrides: LoadOverrides = {}): LoadProfile {
  const text = readFileSync(new URL(`../../scenarios/${name}.yaml`, import.meta.url), 'utf8');
  return buildProfile(parseScenario(text, name), overrides);
}

export interface VirtualRun {
  readonly events: readonly RunEvent[];
  readonly fold: RunFold;
  readonly server: SimulatedServer;
  readonly clock: VirtualClock;
}

/** A monitor of a virtual run. */
export interface PlantedMonitor extends RecordMonitor {
  /** What it reads of a second: shares of its limits; null: nothing. */
  readonly read: (second: number) => readonly [cpu: number | null, memory: number | null] | null;
}

export interface VirtualRunOptions {
  readonly slice?: Slice;
  readonly seed?: string;
  readonly server?: Partial<SimulatedServerOptions>;
  /** What watches the server, and reads what it is told to; nothing when left out. */
  readonly monitors?: readonly PlantedMonitor[];
  /** Called before time begins to pass: sets alarms that stop the run. */
  readonly script?: (clock: VirtualClock, stop: RunStop) => void;
}

/** Plays a whole run, or a slice of it, in virtual time against a simulated server. */
export async function playVirtually(plan: RunPlan, options: VirtualRunOptions = {}): Promise<VirtualRun> {
  const clock = new VirtualClock();
  const stop = new RunStop();
  const server = simulatedServer({ clock, ...options.server });
  const world = { clock, random: seededRandom(options.seed ?? 'virtual'), transport: server, stop, vitals: null };
  options.script?.(clock, stop);
  const events: RunEvent[] = [];
  const monitors = options.monitors ?? [];
  const watched = monitors.map(({ read: _, ...monitor }) => monitor);
  const fold = new RunFold(plantHeader({ profile: plan.profile, monitors: watched }));
  const tell = (event: RunEvent): void => {
    events.push(event);
    fold.add(event);
  };
  const play = async (): Promise<void> => {
    for await (const event of runSlice(plan, options.slice ?? wholeRun, world)) {
      if (event.kind === 'second') for (const reading of readAll(monitors, event.second)) tell(reading);
      tell(event);
    }
  };
  await clock.run(play());
  return { events, fold, server, clock };
}

function readAll(monitors: readonly PlantedMonitor[], second: number): MonitorEvent[] {
  return monitors.flatMap(({ read }, monitor) => {
    const [cpu, memory] = read(second) ?? [null, null];
    if (cpu === null && memory === null) return [];
    return [{ kind: 'monitor', second, at: millis(1000 * (second + 1)), monitor, cpu, memory }];
  });
}

/** The profile of a scenario given as YAML. */
export const profileOf = (yaml: string): LoadProfile => buildProfile(parseScenario(yaml, 'test.yaml'));

/** Sets an alarm: `action` runs when virtual time reaches `at` seconds. */
export function at(clock: VirtualClock, second: number, action: () => void): void {
  void clock.until(millis(second * 1000)).then(action);
}
