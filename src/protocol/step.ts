/** One question of the server and the user's answer to it. */
export interface Turn {
  readonly question: string;
  readonly answer: string;
}

/** What a virtual user does next. */
export type Step =
  | { readonly row: 'health' }
  | { readonly row: 'initial'; readonly userId: string; readonly context: string }
  | {
      readonly row: 'follow-up';
      readonly userId: string;
      readonly context: string;
      readonly conversationId: string;
      readonly sessionId: string;
      readonly history: readonly Turn[];
    };
