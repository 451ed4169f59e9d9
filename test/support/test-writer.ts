/** The batch writer on the real database, without HTTP before it: what is submitted at once is one batch. */
import { randomBytes } from 'node:crypto';
import { decodeCallEvent } from '../../src/core/calls/call-event.ts';
import { noFilter } from '../../src/core/outgoing/events/event-filter.ts';
import { eventTypes } from '../../src/core/outgoing/events/event-type.ts';
import type { Outcome, Postback } from '../../src/core/updates/postback.ts';
import { type UpdateJson, updateFromJson } from '../../src/core/updates/update.ts';
import type { FailureKind } from '../../src/core/updates/write-mode.ts';
import { Writer, type WriterOptions } from '../../src/ingest/writer.ts';
import { makeOrderedId } from '../../src/ordered-id.ts';
import { closeDb, openDb } from '../../src/store/database/connections/db.ts';
import { classifyFailure } from '../../src/store/database/failure.ts';
import { createStore, type OutgoingSettings, type Store } from '../../src/store/store.ts';

const instantNow = () => new Date().toISOString();

/** Who makes what a test needs. */
export const tester = { name: 'test', tokenId: null, sourceIp: null };

export class TestWriter {
  readonly store: Store;
  readonly writer: Writer;
  readonly accountId: string;
  readonly webhookId: string;
  /** how each write that failed was taken */
  readonly failures: FailureKind[] = [];
  /** the size of each batch that was committed */
  readonly commits: number[] = [];
  /** what happens while the writer waits before it tries again */
  onPause: () => Promise<void> = async () => {};

  constructor(store: Store, accountId: string, webhookId: string, options: Partial<WriterOptions>) {
    this.store = store;
    this.accountId = accountId;
    this.webhookId = webhookId;
    this.writer = new Writer({
      lanes: 1,
      batchMax: 500,
      queueMax: 20_000,
      write: store.writePostbacks,
      classify: classifyFailure,
      sleep: () => this.onPause(),
      random: Math.random,
      onFailure: (kind) => this.failures.push(kind),
      onCommit: (size) => this.commits.push(size),
      ...options,
    });
  }

  /** Submits all in one turn, as one batch of the one lane, and like the public endpoints again what comes back as stale. */
  send(...postbacks: Postback[]): Promise<Outcome[]> {
    return Promise.all(
      postbacks.map(async (postback) => {
        for (;;) {
          const result = await this.writer.submit(postback);
          if (result !== 'stale') return result;
        }
      }),
    );
  }

  postback(callLogId: string, update: UpdateJson, changes: Partial<Postback> = {}): Postback {
    return {
      accountId: this.accountId,
      postbackId: makeOrderedId(),
      receivedAt: instantNow(),
      sender: { webhookId: this.webhookId, revision: '1.1', matchWindowHours: 168, matchRule: 'latest' },
      sourceIp: '127.0.0.1',
      request: '{}',
      target: { callLogId },
      update: updateFromJson(update),
      transactionId: null,
      isDryRun: false,
      ignored: [],
      rejection: null,
      ...changes,
    };
  }

  /** One that wants every event, and nothing sends. */
  async createOutgoing(): Promise<void> {
    const settings: OutgoingSettings = {
      ...{
        name: 'Test',
        url: 'https://t.example/',
        headers: {},
        body: null,
        preset: null,
        maxPerMinute: null,
      },
      ...{ filter: noFilter, events: [...eventTypes] },
      method: 'POST',
      format: 'event',
      empty: 'send',
      order: 'per_call',
    };
    await this.store.createOutgoing(this.accountId, settings, 'whsec_test', tester);
  }

  async createCalls(ids: string[], fields: Record<string, unknown> = { state: 'completed' }): Promise<void> {
    const receivedAt = instantNow();
    const { event } = decodeCallEvent(fields, { timeZone: 'UTC', defaultCountry: 'US', receivedAt });
    for (const callLogId of ids) {
      const { accountId } = this;
      await this.store.recordCallEvent({
        accountId,
        callLogId,
        event,
        by: 'test',
        receivedAt,
        mayCreate: true,
      });
    }
  }
}

/**
 * A writer with one lane, on a database that others may use too; all share one webhook.
 * @returns with `close`, which waits for what was taken
 */
export async function startTestWriter(
  databaseUrl: string,
  options: Partial<WriterOptions> = {},
): Promise<TestWriter & { close(): Promise<void> }> {
  const db = openDb({ connectionString: databaseUrl }, 4, () => {});
  const store = createStore(db, instantNow);
  let account = await store.findAccount(null);
  if (account === null) await store.ensureFirstAccount(randomBytes(32));
  account ??= await store.findAccount(null);
  if (account === null) throw new Error('there must be an account now');
  const { accountId } = account;
  const settings = {
    name: 'Test',
    type: 'update_fields',
    matchWindowHours: 168,
    matchRule: 'latest',
  } as const;
  const known = (await store.listWebhooks(accountId, 1, null)).items[0];
  const webhook = known ?? (await store.createWebhook(accountId, settings, randomBytes(32), tester));
  const testWriter = new TestWriter(store, accountId, webhook.webhookId, options);
  const close = async () => {
    await testWriter.writer.close();
    await closeDb(db);
  };
  return Object.assign(testWriter, { close });
}
