import { failure } from '../core/failure.ts';
import type { Parsed } from './dialect.ts';
import type { McpDialectPlan } from './dialect-plan.ts';
import { compileTemplate } from './json-template.ts';
import { readQuestion, readRound } from './question-answer.ts';
import { type QuestionStep, questionBody } from './question-body.ts';
import { replyReader } from './reply-reader.ts';
import { readToolResult } from './tool-result.ts';

/** What a question is as a call of a tool: its arguments as JSON text, and what the result of the call means. */
export interface ToolContract {
  arguments(step: QuestionStep): string;
  /** Never throws. */
  read(row: QuestionStep['row'], result: unknown): Parsed;
}

/**
 * The fields of sequential questioning, or what the user described.
 * @throws RangeError for a placeholder or a JSON pointer that is none.
 */
export function toolContract({ custom }: Pick<McpDialectPlan, 'custom'>): ToolContract {
  if (custom === null) return questioning;
  const read = replyReader(custom.reply);
  return {
    arguments: compileTemplate(custom.arguments),
    read(_, result) {
      const payload = readToolResult(result);
      if (!payload.ok) return payload;
      const { value } = payload;
      const parsed = read(value);
      // A tool that just says something: that is its question.
      if (parsed.ok && typeof value === 'string' && custom.reply.question === null)
        return { ...parsed, question: value };
      return parsed;
    },
  };
}

const required = { question: true };

const questioning: ToolContract = {
  arguments: questionBody,
  read(row, result) {
    const payload = readToolResult(result);
    if (!payload.ok) return payload;
    const { value } = payload;
    if (value === undefined)
      return failure('missing-field', 'the result of the tool holds neither text nor structuredContent', 200);
    return row === 'automatic' ? readRound(value) : readQuestion(value, required);
  },
};
