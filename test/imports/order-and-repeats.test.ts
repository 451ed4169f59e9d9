/** Rows are done in the order of the file, and a file that is sent again does none twice. */
import { describe, expect, test } from 'vitest';
import { useServer } from '../support/server.ts';
import { ndjson, sendFile, told } from './send-file.ts';

const server = useServer();

describe('order', () => {
  test.each(['text/csv', ndjson])('of rows for one call is kept (%s)', async (type) => {
    const id = `S-${type}`;
    await server.createCall(id);
    const rows = Array.from({ length: 300 }, (_, at) =>
      type === 'text/csv' ? `${id},${at}` : JSON.stringify({ call_log_id: id, revenue_paid_out: at }),
    );
    const header = type === 'text/csv' ? 'call_log_id,revenue_paid_out\n' : '';
    const { summary } = await sendFile(server, `${header}${rows.join('\n')}\n`, {}, type);
    expect(summary).toMatchObject({ applied: 300 });
    const { json } = await server.api('GET', `/calls/${encodeURIComponent(id)}/timeline?limit=500`);
    const amounts = json.items.flatMap((item: { changes: Record<string, { to: string }> }) => {
      const { revenue_paid_out: change } = item.changes;
      return change === undefined ? [] : [Number(change.to)];
    });
    expect(amounts).toEqual(Array.from({ length: 300 }, (_, at) => at));
  });

  test('of rows for one call is kept where some name it by number', async () => {
    await server.createCall('S3', { phone_number: '+15550100777' });
    const rows = Array.from({ length: 300 }, (_, at) =>
      at < 100 || at % 3 === 0 ? `S3,,${at}` : `,+1 555 010 0777,${at}`,
    );
    const { summary } = await sendFile(
      server,
      `call_log_id,phone_number,revenue_paid_out\n${rows.join('\n')}\n`,
    );
    expect(summary).toMatchObject({ applied: 300 });
    expect(await server.readCall('S3')).toMatchObject({ revenue_paid_out: '299.00' });
  });

  test('of rows for one call is kept where some have another of its ids', async () => {
    const ids = Array.from({ length: 8 }, (_, at) => `S4-${at}`);
    for (const id of ids) await server.createCall(id, { other_ids: [`${id}-leg`] });
    const rows = Array.from({ length: 60 }, (_, at) =>
      ids.map((id) => `${at % 2 === 0 ? `${id}-leg` : id},${at}`),
    ).flat();
    const { summary } = await sendFile(server, `call_log_id,revenue_paid_out\n${rows.join('\n')}\n`);
    expect(summary).toMatchObject({ applied: rows.length });
    for (const id of ids) expect(await server.readCall(id)).toMatchObject({ revenue_paid_out: '59.00' });
  });

  test('is that of the file however many calls there are', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, at) => server.createCall(`T${at}`)));
    const file = Array.from({ length: 2_000 }, (_, at) => `T${at % 20},${at}`).join('\n');
    const { rows } = await sendFile(server, `call_log_id,revenue_paid_out\n${file}`);
    expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 2_000 }, (_, at) => at + 1));
    for (const at of [0, 19])
      expect(await server.readCall(`T${at}`)).toMatchObject({ revenue_paid_out: `${1_980 + at}.00` });
  });
});

describe('a file sent again', () => {
  test('with its import_key does no row twice and answers every row again', async () => {
    await server.createCall('A1');
    await server.createCall('A2');
    const file = 'call_log_id,revenue_paid_out\nA1,1\nmissing,2\nA2,3\n';
    const first = await sendFile(server, file, { import_key: 'again' });
    await server.api('PATCH', '/calls/A1', { revenue_paid_out: 100 });
    const second = await sendFile(server, file, { import_key: 'again' });
    expect(second.summary).toMatchObject({ rows: 3, applied: 0, duplicate: 2, rejected: 1 });
    expect(second.rows.map(({ duplicate, postback_id: id }) => [duplicate, id])).toEqual([
      [true, first.rows[0].postback_id],
      [undefined, second.rows[1].postback_id],
      [true, first.rows[2].postback_id],
    ]);
    expect(second.rows[0].changes).toEqual(first.rows[0].changes);
    expect(second.summary.changes).toEqual({});
    expect(await server.readCall('A1')).toMatchObject({ revenue_paid_out: '100.00' });
  });

  test('knows its rows by their own transaction_id first', async () => {
    await server.createCall('A3');
    const header = 'call_log_id,revenue_paid_out,transaction_id\n';
    await sendFile(server, `${header}A3,1,own-1\nA3,2,\n`, { import_key: 'own' });
    const { rows } = await sendFile(server, `${header}A3,2,\nA3,1,own-1\nA3,5,\n`, { import_key: 'own' });
    // Row 1 is another than before, and row 2 is known by its own id wherever it is.
    expect(rows.map((row) => [told(row), row.duplicate])).toEqual([
      ['unchanged', false],
      ['applied', true],
      ['applied', false],
    ]);
  });

  test('changed, under the same import_key, is rejected row by row rather than half done', async () => {
    await server.createCall('A4');
    await sendFile(server, 'call_log_id,revenue_paid_out\nA4,1\n', { import_key: 'changed' });
    const { rows } = await sendFile(server, 'call_log_id,revenue_paid_out\nA4,2\n', {
      import_key: 'changed',
    });
    expect(rows.map(told)).toEqual(['transaction_id_reused']);
  });

  test('without a key is imported again', async () => {
    await server.createCall('A5');
    const file = 'call_log_id,add\nA5,n:1\n';
    await sendFile(server, file);
    expect((await sendFile(server, file)).rows.map((row) => [told(row), row.duplicate])).toEqual([
      ['unchanged', false],
    ]);
  });
});
