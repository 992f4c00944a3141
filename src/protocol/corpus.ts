/** What virtual users talk about: each topic is one conversation, with the user's answers in order. */
export type Corpus = readonly Topic[];

export interface Topic {
  /** Sent as `context` with every question of the conversation. */
  readonly context: string;
  /** The user's answers, one for each follow-up; when they are used up the conversation is over. At least one. */
  readonly answers: readonly string[];
}
