export const methods = ['GET', 'POST', 'PUT', 'PATCH'] as const;
export const outgoingFormats = ['event', 'template'] as const;
/** What is done where a macro has no value. */
export const emptyChoices = ['send', 'omit', 'skip'] as const;
export type EmptyChoice = (typeof emptyChoices)[number];

/** The settings that a request is made of. */
export type RequestSettings = {
  url: string;
  method: (typeof methods)[number];
  format: (typeof outgoingFormats)[number];
  headers: Record<string, string>;
  /** of `template` */
  body: string | null;
  empty: EmptyChoice;
};

export type OutgoingRequest = Pick<RequestSettings, 'method' | 'url' | 'headers' | 'body'>;
