import { formatDuration } from '../core/duration.ts';
import { formatCount, formatPercent, formatRate } from '../core/format.ts';
import { type Millis, millis, seconds } from '../core/units.ts';
import type { RecordHeader } from '../record/record.ts';
import { expectedSetUps, type ThresholdOutlook } from '../verdict/outlook.ts';
import {
  type ArrivalProfile,
  type LoadProfile,
  ownPart,
  rateAt,
  rateBefore,
  usersAt,
  usersBefore,
} from '../workload/load-profile.ts';
import {
  expectedDue,
  offeredRate,
  requestsPerConversation,
  type Survival,
  usersPresent,
} from '../workload/offered-load.ts';
import type { ThinkTime } from '../workload/think-time.ts';
import { oddities } from './plan-oddities.ts';
import { stageLine } from './stage-line.ts';
import { stepsText } from './steps-text.ts';
import { arrivalsChart, usersChart } from './users-chart.ts';

/** How long replies take in the example of a slower server. */
const exampleReply = millis(200);

const sources = { default: 'default', scenario: 'scenario file', option: '--threshold' } as const;

/** What a run would do, from what is known before it: the text of `sqload plan`. Nothing is sent for it. */
export function renderPlan(header: RecordHeader, outlook: readonly ThresholdOutlook[], survival: Survival): string {
  const sections = [
    [title(header), ...stageLines(header)].join('\n'),
    section('Phases', phaseLines(header.profile)),
    ...(header.profile.peak > 0 ? [section('Users over time', usersChart(header.profile))] : []),
    ...(header.profile.arrivals ? [section('Conversations that begin', arrivalsChart(header.profile))] : []),
    section('Load', loadLines(header, survival)),
    section('Thresholds', thresholdLines(outlook)),
    section('Worth a look', oddities(header, survival)),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function title({ scenario, profile, target, settings }: RecordHeader): string {
  const where = target.builtIn === null ? target.address : `the ${target.builtIn}`;
  const { dialect, 'mcp-version': version } = settings;
  const revision = version === undefined || !dialect?.value.startsWith('mcp') ? '' : ` of ${version.value}`;
  const spoken = dialect === undefined ? '' : ` in the dialect ${dialect.value}${revision}`;
  const steps = stepsText(profile);
  return `Plan of ${scenario}: ${loadText(profile)}, ${span(ownPart(profile).seconds)}${steps === null ? '' : `, then ${steps}`}, against ${where}${spoken}. Nothing is sent.`;
}

function stageLines({ settings }: RecordHeader): string[] {
  const line = stageLine(settings);
  return line === null ? [] : [line];
}

function loadText(profile: LoadProfile): string {
  const { arrivals } = profile;
  const { peak } = ownPart(profile);
  const rate = arrivals === null ? '' : `up to ${conversations(arrivals.peak)}`;
  return [...(peak > 0 ? [users(peak)] : []), ...(rate === '' ? [] : [rate])].join(' and ');
}

const section = (heading: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : [heading, ...lines.map((line) => `  ${line}`.trimEnd())].join('\n');

function phaseLines(profile: LoadProfile): string[] {
  const rows = profile.phases.map(({ name, start, end, steady }) => {
    return [
      name,
      `${span(start)} to ${span(end)}`,
      levelText(profile, seconds(start), seconds(end)),
      steady ? 'steady: thresholds are graded here' : '',
    ];
  });
  return aligned(rows);
}

/** What there is in a phase: users, or conversations that begin. */
function levelText(profile: LoadProfile, start: Millis, end: Millis): string {
  const rates = [rateAt(profile, start), rateBefore(profile, end)] as const;
  if (rates[0] > 0 || rates[1] > 0 || profile.peak === 0) {
    const [from, to] = [formatRate(rates[0]), formatRate(rates[1])];
    return from === to ? conversations(rates[1]) : `${from.replace('/s', '')} to ${conversations(rates[1])}`;
  }
  const [from, to] = [Math.ceil(usersAt(profile, start)), Math.ceil(usersBefore(profile, end))];
  return from === to ? users(to) : `${formatCount(from)} to ${users(to)}`;
}

function loadLines(header: RecordHeader, survival: Survival): string[] {
  const { profile, load } = header;
  const think = { min: load.thinkMin, max: load.thinkMax };
  return [
    ...(profile.peak > 0 ? offerLines(profile, think) : []),
    ...(profile.arrivals === null ? [] : arrivalLines(profile.arrivals, think, survival)),
    ...windowLines(profile, load.steadyCeiling),
    '',
    ...rowLines(header, think, survival),
    ...sessionLines(header),
  ];
}

function arrivalLines({ peak, process, limit }: ArrivalProfile, think: ThinkTime, survival: Survival): string[] {
  const requests = requestsPerConversation(survival);
  const present = (reply: Millis): string => users(Math.ceil(usersPresent(peak, survival, think, reply)));
  const distance = process === 'even' ? 'at even distances' : 'at random (a Poisson process)';
  return [
    `Up to ${conversations(peak)} ${peak === 1 ? 'begins' : 'begin'} ${distance}, whether or not the server keeps up.`,
    `A conversation has ${formatRate(requests).replace('/s', '')} ${requests === 1 ? 'request' : 'requests'} on average, so that is up to ${rate(peak * requests)}.`,
    `On average that takes ${present(millis(0))} at a time when replies take no time, ${present(exampleReply)} at ${formatDuration(exampleReply)};`,
    `beyond ${users(limit)} (--max-users) arrivals are dropped.`,
  ];
}

function offerLines(profile: LoadProfile, think: ThinkTime): string[] {
  const { peak } = ownPart(profile);
  const slower = `${rate(offeredRate(peak, think, exampleReply))} at ${formatDuration(exampleReply)}`;
  if (think.max === 0)
    return [
      'Users do not pause between steps, so only the replies limit the load:',
      `${users(peak)} ${peak === 1 ? 'offers' : 'offer'} ${slower}.`,
    ];
  const most = rate(offeredRate(peak, think, millis(0)));
  const pause = `Users pause for ${pauseText(think)} after each step, so ${users(peak)} ${peak === 1 ? 'offers' : 'offer'} at most ${most},`;
  return [pause, `fewer when replies take time: ${slower}.`];
}

function windowLines({ steady }: LoadProfile, steadyCeiling: number): string[] {
  if (steady === null || !Number.isFinite(steadyCeiling)) return [];
  const { start, end } = steady;
  return [`In the steady window, ${span(start)} to ${span(end)}, that is at most about ${requests(steadyCeiling)}.`];
}

function rowLines({ profile, load, rows }: RecordHeader, think: ThinkTime, survival: Survival): string[] {
  const total = expectedDue(profile, think, { start: 0, end: profile.seconds }, survival);
  const finite = Number.isFinite(total);
  const counts = wholeParts(load.expectedShare, total);
  const table = rows.flatMap((row, i) => {
    const share = load.expectedShare[i] ?? 0;
    return share === 0 ? [] : [{ name: row.name, count: finite ? formatCount(counts[i] ?? 0) : '', share }];
  });
  if (finite) table.push({ name: 'All rows', count: formatCount(Math.round(total)), share: 1 });
  const width = Math.max(...table.map(({ count }) => count.length));
  const percents = Math.max(...table.map(({ share }) => formatPercent(share).length));
  const heading = finite
    ? `Expected requests in the whole run${profile.steps ? ', up to its last step' : ''}, if replies took no time:`
    : 'Expected shares of the requests:';
  return [
    heading,
    ...aligned(
      table.map(({ name, count, share }) => [
        `  ${name}`,
        count.padStart(width),
        formatPercent(share).padStart(percents),
      ]),
    ),
  ];
}

function sessionLines(header: RecordHeader): string[] {
  if (header.sessionRows.length === 0) return [];
  const setUps = Math.round(expectedSetUps(header));
  return [
    '',
    `Each user sets up a session before the first request: about ${formatCount(setUps)} set-up${setUps === 1 ? '' : 's'}, and more when sessions are lost.`,
    'They are in none of these numbers, and graded by session thresholds only.',
  ];
}

/** Whole numbers that add up to the rounded total: each part is the step between two rounded sums. */
function wholeParts(shares: readonly number[], total: number): number[] {
  let sum = 0;
  let before = 0;
  return shares.map((share, i) => {
    sum += share;
    const edge = i === shares.length - 1 ? Math.round(total) : Math.round(sum * total);
    const part = edge - before;
    before = edge;
    return part;
  });
}

function thresholdLines(outlook: readonly ThresholdOutlook[]): string[] {
  const decided = outlook.filter(({ decidable }) => decidable).map(({ text }) => text);
  const open = outlook.filter(({ decidable }) => !decidable);
  return [
    ...(decided.length > 0 ? [`This run can decide: ${decided.join(', ')}`] : []),
    ...(open.length > 0 ? ['This run cannot decide:'] : []),
    ...aligned(open.map(({ text, source, reason }) => [`  ${text}`, `(${sources[source]})`, reason])),
  ];
}

/** Columns two blanks apart, each as wide as its widest cell. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const pauseText = ({ min, max }: ThinkTime): string =>
  min === max ? formatDuration(min) : `${formatDuration(min)} to ${formatDuration(max)}`;
const users = (count: number): string => `${formatCount(count)} ${count === 1 ? 'user' : 'users'}`;
const requests = (count: number): string => `${formatCount(count)} ${Math.round(count) === 1 ? 'request' : 'requests'}`;
const conversations = (rate: number): string =>
  `${formatRate(rate).replace('/s', '')} ${rate === 1 ? 'conversation' : 'conversations'}/s`;
const rate = (perSecond: number): string => formatRate(perSecond).replace('/s', ' requests/s');
const span = (second: number): string => formatDuration(seconds(second));
