/** Queued updates are applied in the order of receipt, whatever the clocks of the servers say. */
import { expect, test } from 'vitest';
import { makeOrderedId } from '../../../src/ordered-id.ts';
import { createTestDatabase } from '../../support/database.ts';
import { startTestWriter } from '../../support/test-writer.ts';

test('two servers whose clocks differ by an hour apply updates in the order of receipt', async () => {
  const database = await createTestDatabase();
  const ahead = await startTestWriter(database.url);
  const behind = await startTestWriter(database.url);
  await ahead.createCalls(['live'], { state: 'live' });
  const hoursMs = 3_600_000;
  /** An id as a server makes it whose clock is an hour off: its first 48 bits are milliseconds. */
  const idAt = (offsetMs: number) => {
    const hex = (Date.now() + offsetMs).toString(16).padStart(12, '0');
    return `${hex.slice(0, 8)}-${hex.slice(8)}${makeOrderedId().slice(13)}`;
  };
  for (const [round, revenue_paid_out] of ['1', '2', '3', '4', '5'].entries()) {
    const [server, offsetMs] = round % 2 === 0 ? [ahead, hoursMs] : [behind, -hoursMs];
    const changes = { postbackId: idAt(offsetMs) };
    const [outcome] = await server.send(server.postback('live', { revenue_paid_out }, changes));
    expect(outcome?.status).toBe('queued');
  }
  // Within one batch too.
  const last = ['6', '7'].map((revenue_paid_out, at) =>
    behind.postback('live', { revenue_paid_out }, { postbackId: idAt((1 - 2 * at) * hoursMs) }),
  );
  await behind.send(...last);
  await behind.createCalls(['live'], { state: 'completed' });
  const call = await ahead.store.readCall(ahead.accountId, 'live');
  expect(call?.values.revenue_paid_out).toBe('7.00');
  await Promise.all([ahead.close(), behind.close()]);
  await database.drop();
});
