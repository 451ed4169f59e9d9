import type { OutgoingRequest, RequestSettings } from './requests/request-settings.ts';

/** One attempt to deliver an event, by the names of the wire. */
export type AttemptJson = {
  /** instant */
  at: string;
  ms: number;
  /** of HTTP; null where there was no response */
  status: number | null;
  /** why it is not a success */
  error: string | null;
  /** the first 2 KiB */
  response: string | null;
};

/** The status of a receiver that asks to be sent nothing any more. */
export const httpGone = 410;

/** What an attempt needs of a webhook. */
export type Destination = RequestSettings & {
  /** that sign; the newest first */
  secrets: string[];
  /** IANA name */
  timeZone: string;
};

export type Attempted =
  | { skipped: string }
  | { request: OutgoingRequest; attempt: AttemptJson; retryAfter: string | undefined };
