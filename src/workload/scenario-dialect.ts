/** JSON as a file holds it: texts in it may have placeholders. */
export type ScenarioJson =
  | null
  | boolean
  | number
  | string
  | readonly ScenarioJson[]
  | { readonly [name: string]: ScenarioJson };

/** What a scenario says of the tools of an MCP server, as text where the options have a grammar for it; null: nothing. */
export interface ScenarioMcp {
  readonly version: string | null;
  readonly path: string | null;
  readonly transport: string | null;
  readonly health: string | null;
  /** One for every question. Excludes `tools`. */
  readonly tool: string | null;
  readonly tools: Readonly<Partial<Record<ScenarioQuestion, string>>> | null;
  readonly arguments: Readonly<Record<string, ScenarioJson>> | null;
  readonly reply: ScenarioReply | null;
}

export const scenarioQuestions = ['initial', 'follow-up', 'automatic'] as const;
export type ScenarioQuestion = (typeof scenarioQuestions)[number];

/** Where an answer holds what the question flow needs: JSON pointers; `done` begins with `!` where the answer says that it goes on. */
export interface ScenarioReply {
  readonly conversation: string | null;
  readonly session: string | null;
  readonly question: string | null;
  readonly done: string | null;
}

/** JSON over HTTP, described: its requests (null: there is no such one) and its answers. */
export interface ScenarioRest {
  readonly requests: {
    readonly health: ScenarioRequest | null;
    readonly initial: ScenarioRequest;
    readonly 'follow-up': ScenarioRequest | null;
    readonly automatic: ScenarioRequest | null;
  };
  readonly reply: ScenarioReply;
}

export interface ScenarioRequest {
  readonly method: 'GET' | 'POST';
  /** May hold placeholders. */
  readonly path: string;
  /** null: no body. */
  readonly body: ScenarioJson;
}
