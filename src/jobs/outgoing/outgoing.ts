import type { Attempted, Destination } from '../../core/outgoing/attempt.ts';
import type { EventJson } from '../../core/outgoing/events/event.ts';
import type { OutgoingRequest } from '../../core/outgoing/requests/request-settings.ts';
import type { Log } from '../../log.ts';
import type { FinishedAttempt, Store } from '../../store/store.ts';
import { AddressGuard } from './address-guard.ts';
import { attemptDelivery, prepareRequest } from './attempt.ts';
import { createHttpClient } from './http-client.ts';
import { startSendingEvents } from './send-events.ts';

export type Outgoing = {
  /** Something was committed, or is to be sent. */
  wake(): void;
  explainHost(host: string): Promise<string | null>;
  prepare(destination: Destination, event: EventJson): OutgoingRequest | { skipped: string };
  attempt(destination: Destination, event: EventJson): Promise<Attempted>;
  stop(): Promise<void>;
};

type Parts = {
  store: Store;
  /** CIDR ranges that are not of the internet and may be reached */
  allowedNetworks: readonly string[];
  log: Pick<Log, 'warn'>;
  onAttempt(result: FinishedAttempt['status'], ms: number): void;
  findAttention(accountId: string): Promise<Record<string, unknown>[]>;
};

/** Everything of this process that sends to other systems. */
export function startOutgoing({ store, allowedNetworks, log, onAttempt, findAttention }: Parts): Outgoing {
  const guard = new AddressGuard(allowedNetworks);
  const client = createHttpClient(guard);
  const events = startSendingEvents({ store, client, log, random: Math.random, onAttempt, findAttention });
  const never = new AbortController();
  return {
    wake: events.wake,
    stop: events.stop,
    explainHost: (host) => guard.explainHost(host),
    prepare: (destination, event) => prepareRequest(destination, event, Date.now()),
    attempt: (destination, event) => attemptDelivery(client, destination, event, never.signal),
  };
}
