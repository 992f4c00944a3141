import type { Random } from '../core/random.ts';

/** A question of the reference server, and what it is after. */
export interface QuestionText {
  readonly type: string;
  readonly text: string;
}

type Template = (words: string) => string;

const openings: readonly Template[] = [
  (topic) => `What would you like to achieve with ${topic}?`,
  (topic) => `What brought you to ${topic}, and what have you tried so far?`,
  (topic) => `Which part of ${topic} matters most to you right now?`,
  (topic) => `How much do you already know about ${topic}?`,
  (topic) => `If ${topic} went well, what would be different for you in three months?`,
];

/** Asked one kind after the other, each in one of its wordings. */
const followUps: readonly { readonly type: string; readonly templates: readonly Template[] }[] = [
  {
    type: 'clarification',
    templates: [
      (words) => `You said ${words}. What exactly do you mean by that?`,
      (words) => `When you say ${words}, what does it include, and what does it leave out?`,
      (words) => `Could you say more about ${words}?`,
    ],
  },
  {
    type: 'example',
    templates: [
      (words) => `Can you give an example of ${words} from the last few weeks?`,
      (words) => `What would a good outcome look like for ${words}?`,
    ],
  },
  {
    type: 'priority',
    templates: [
      (words) => `Compared with your other goals, how important is ${words}?`,
      (words) => `If you could settle only one thing about ${words}, which would it be?`,
    ],
  },
  {
    type: 'obstacle',
    templates: [
      (words) => `What has kept you from going further with ${words}?`,
      (words) => `Which part of ${words} do you expect to be the hardest?`,
    ],
  },
  {
    type: 'constraint',
    templates: [
      (words) => `How much time and money can you spend on ${words}?`,
      (words) => `Who else has a say in ${words}?`,
    ],
  },
  {
    type: 'next-step',
    templates: [
      (words) => `What would be a first step towards ${words} that fits into this week?`,
      (words) => `How will you notice that ${words} is getting better?`,
    ],
  },
];

/** The first question of a conversation about `context`. */
export function openingQuestion(context: string, random: Random): QuestionText {
  return { type: 'opening', text: pick(openings, random)(quote(context, 'this')) };
}

/** Question `number` (2 is the first follow-up): quotes a few words of the user's last answer. */
export function followUpQuestion(answer: string, number: number, random: Random): QuestionText {
  const kind = followUps[(number - 2) % followUps.length] ?? pick(followUps, random);
  return { type: kind.type, text: pick(kind.templates, random)(quote(answer, 'that')) };
}

const quotedWords = 6;
const quotedLength = 60;

/** The first few words, in quotation marks. Bounded before it is split: a body may be a megabyte of one word. */
function quote(text: string, otherwise: string): string {
  const start = text.slice(0, 4 * quotedLength).trim();
  const words = start.split(/\s+/).slice(0, quotedWords).join(' ');
  // By code points: half an emoji is no text.
  const short = [...words].slice(0, quotedLength).join('');
  const bare = short.replace(/[\s.,;:!?"“”]+$/u, '').replace(/^["“”]+/u, '');
  return bare === '' ? otherwise : `“${bare}”`;
}

function pick<T>(items: readonly T[], random: Random): T {
  const item = items[Math.floor(random.next() * items.length)];
  if (item === undefined) throw new RangeError('there is nothing to pick from');
  return item;
}
