import { formatDuration } from '../core/duration.ts';
import { counted, formatPercent } from '../core/format.ts';
import type { RecordHeader } from '../record/record.ts';
import { parseStage, type StageName, shareOfUsers, stages, stageUsers } from '../workload/stage.ts';

/** `Stage staging: 60 % of 200 expected users for 30m, …`; null where the load and its time are not those of a stage. */
export function stageLine(settings: RecordHeader['settings']): string | null {
  const { stage, users, rate, 'run-time': runTime, 'expected-users': people, 'expected-rate': pace } = settings;
  const name = stage?.value.split(' ')[0] ?? 'none';
  if (name === 'none' || runTime?.from !== 'stage') return null;
  const expected = [
    ...(users?.from === 'stage' && users.value !== 'none'
      ? [`${expectedUsers(parseStage(name), Number(people?.value))}`]
      : []),
    ...(rate?.from === 'stage' && rate.value !== 'none' ? [`${pace?.value} expected conversations`] : []),
  ];
  if (expected.length === 0) return null;
  const { share, runTime: span, repeat } = stages[parseStage(name)];
  return `Stage ${name}: ${formatPercent(share)} of ${expected.join(' and ')} for ${formatDuration(span)}; the guide asks for it ${repeat}.`;
}

/** `200 expected users`; where the share of them is no whole number, how it was rounded. */
function expectedUsers(stage: StageName, expected: number): string {
  const [exact, users] = [shareOfUsers(stage, expected), stageUsers(stage, expected)];
  const way = users > exact ? 'up' : 'down';
  const rounded = exact === users ? '' : ` (${exact}, rounded ${way} to ${counted(users, 'user')})`;
  return `${counted(expected, 'expected user')}${rounded}`;
}
