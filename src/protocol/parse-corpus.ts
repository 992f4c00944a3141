import { type Reader, readField, readFields } from '../workload/field-reader.ts';
import { type Path, type Problem, readYaml } from '../workload/yaml-document.ts';
import type { Corpus, Topic } from './corpus.ts';

/**
 * Reads a corpus file, YAML or JSON: a list of conversations, each with a `context` and a list of `answers`.
 * `source` names the file in messages. Throws one usage error that lists every problem with its place and path.
 */
export function parseCorpus(text: string, source: string): Corpus {
  const document = readYaml(text, 'corpus', source);
  const problems: Problem[] = [];
  const topics = readField(document.value, list('conversations, each with context and answers'), [], problems) ?? [];
  const corpus = topics.map((topic, index) => readTopic(topic, [index], problems));
  if (problems.length > 0) throw document.error(problems);
  return corpus;
}

function readTopic(value: unknown, path: Path, problems: Problem[]): Topic {
  const before = problems.length;
  const { context, answers } = readFields(value, { context: sentence, answers: list('texts') }, path, problems);
  // A mapping with a key that is missing only: the others are reported already.
  if (problems.length === before)
    for (const [key, read] of Object.entries({ context, answers }))
      if (read === undefined) problems.push({ path, message: `must have ${key}` });
  const texts = (answers ?? []).map((answer, i) => readField(answer, sentence, [...path, 'answers', i], problems));
  return { context: context ?? '', answers: texts.map((answer) => answer ?? '') };
}

const sentence: Reader<string> = (value) => {
  if (typeof value !== 'string' || value.trim() === '') throw new RangeError('must be a text that is not empty');
  return value.trim();
};

const list =
  (what: string): Reader<readonly unknown[]> =>
  (value) => {
    if (!Array.isArray(value) || value.length === 0) throw new RangeError(`must be a list of ${what}, not empty`);
    return value;
  };
