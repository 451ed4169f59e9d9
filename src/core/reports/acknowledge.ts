/** When something that needs attention was seen by a person already, and when it has to be shown again. */

/** What tells one fault from another. */
export type Fault = {
  /** the kind, and the webhook, partner or code that it is about */
  id: string;
  /** why, or since when: another one is a fault that occurred again */
  cause: string;
  /** how many it is about; 0 where that is not counted */
  size: number;
};

export type Acknowledged = { cause: string; size: number };

/** A fault that has grown so much is worse than what the person has seen. */
const growth = 2;

export function isStillAcknowledged(fault: Fault, { cause, size }: Acknowledged): boolean {
  return fault.cause === cause && (fault.size === 0 || fault.size < growth * Math.max(size, 1));
}
