/** One question of the server and the user's answer to it. */
export interface Turn {
  readonly question: string;
  readonly answer: string;
}

/** What a virtual user does next. */
export type Step =
  | { readonly row: 'health' }
  | { readonly row: 'initial'; readonly userId: string; readonly context: string; readonly answersLeft: number }
  /** The server asks and answers a whole round by itself. */
  | { readonly row: 'automatic'; readonly userId: string; readonly context: string }
  | {
      readonly row: 'follow-up';
      readonly userId: string;
      readonly context: string;
      readonly conversationId: string;
      readonly sessionId: string;
      readonly history: readonly Turn[];
      /** Which question the answer belongs to, from 1; `history` may hold fewer. */
      readonly turn: number;
      /** How many answers the user has left after this one. */
      readonly answersLeft: number;
    };
