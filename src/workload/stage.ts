import { type Millis, millis, type PerSecond, perSecond } from '../core/units.ts';

/** The stages of the load-testing guide's recommended schedule. */
export const stageNames = ['development', 'staging', 'pre-production', 'post-deployment'] as const;
export type StageName = (typeof stageNames)[number];

/** One line of the schedule. */
export interface Stage {
  /** Of the load that is expected in production; 1 is all of it. */
  readonly share: number;
  readonly runTime: Millis;
  /** How often the guide wants the test to be made. */
  readonly repeat: string;
}

/** The guide's table "Recommended Testing Schedule". */
export const stages: Readonly<Record<StageName, Stage>> = {
  development: { share: 0.3, runTime: millis(10 * 60_000), repeat: 'weekly' },
  staging: { share: 0.6, runTime: millis(30 * 60_000), repeat: 'every two weeks' },
  'pre-production': { share: 1, runTime: millis(60 * 60_000), repeat: 'monthly' },
  'post-deployment': { share: 1.2, runTime: millis(120 * 60_000), repeat: 'after each major release' },
};

/** Reads the name of a stage. @throws RangeError saying what it must be. */
export function parseStage(text: string): StageName {
  const name = stageNames.find((known) => known === text);
  if (name === undefined) throw new RangeError(`must be ${stageNames.slice(0, -1).join(', ')} or ${stageNames.at(-1)}`);
  return name;
}

/** The users of a stage, when so many are expected: whole, at least one. */
export const stageUsers = (stage: StageName, expected: number): number =>
  Math.max(1, Math.round(shareOfUsers(stage, expected)));

/** The same before it is rounded. */
export const shareOfUsers = (stage: StageName, expected: number): number => clean(stages[stage].share * expected);

/** The conversations per second of a stage, when so many are expected. */
export const stageRate = (stage: StageName, expected: PerSecond): PerSecond =>
  perSecond(clean(stages[stage].share * expected));

/** Takes the binary noise out of a product: 1.2 × 3 is 3.6. */
const clean = (value: number): number => Number(value.toPrecision(12));
