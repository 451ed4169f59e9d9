/** `ringback reconcile` as a billing team runs it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { type Ended, makeFolder, runRingback } from '../support/programs/process.ts';
import { useServer } from '../support/server.ts';

const server = useServer();

type Ran = Ended & { results(ending?: string): Promise<Record<string, string>[]> };

async function runReconcile(content: string, publisher: string, args: string[] = []): Promise<Ran> {
  const path = join(await makeFolder(), 'statement.csv');
  await writeFile(path, content);
  const env = { RINGBACK_URL: server.url, ADMIN_TOKEN: server.token };
  const period = ['--from', '2026-11-01', '--to', '2026-11-30', '--amount', 'publisher_paid_out'];
  const map = ['--map', 'Call ID=call_log_id', '--map', 'Payout=amount'];
  const ended = await runRingback(
    ['reconcile', path, ...period, '--publisher', publisher, ...map, ...args],
    env,
  );
  const results = async (ending = 'reconciliation') =>
    parse(await readFile(`${path}.${ending}.csv`), { columns: true, bom: true }) as Record<string, string>[];
  return { ...ended, results };
}

async function createCalls(publisher: string, amounts: Record<string, string>, more: object = {}) {
  for (const [id, publisher_paid_out] of Object.entries(amounts)) {
    const fields = { started_at: '2026-11-05T10:00:00Z', publisher, publisher_paid_out, ...more };
    await server.createCall(id, fields);
  }
}

const statement = 'Call ID,Payout\nCall1,1.00\nCall2,2.50\nCall9,9\n';

function of(publisher: string, text = statement): string {
  return text.replaceAll('Call', publisher).replace(`${publisher} ID`, 'Call ID');
}

describe('ringback reconcile', () => {
  it('shows the differences and the totals, and writes every call', async () => {
    await createCalls('Acme', { Acme1: '1', Acme2: '2', Acme3: '3' });
    const ran = await runReconcile(of('Acme'), 'Acme');
    expect([ran.code, ran.stderr]).toEqual([1, '']);
    expect(ran.stdout).toMatch(/3 +amount differs +Acme2 +2\.50 +2\.00 +0\.50\n/);
    expect(ran.stdout).toMatch(/4 +missing here +Acme9 +9\.00 +9\.00\n/);
    expect(ran.stdout).toMatch(/missing there +Acme3 +3\.00 +-3\.00\n/);
    expect(ran.stdout).not.toMatch(/Acme1/);
    expect(ran.stdout).toMatch(/\nequal +1 +1\.00 +1\.00 +0\.00 +0\.00\namount differs +1 /);
    expect(await ran.results()).toMatchObject([
      { kind: 'equal', line: '2', call_log_id: 'Acme1', theirs: '1.00', ours: '1.00', difference: '0.00' },
      { kind: 'differs', line: '3', call_log_id: 'Acme2' },
      { kind: 'missing_here', line: '4', call_log_id: 'Acme9', ours: '' },
      { kind: 'missing_there', line: '', call_log_id: 'Acme3', theirs: '', difference: '-3.00' },
    ]);
  });

  it.each(['/nowhere/x.csv', '/dev/full'])(
    'exits with 2 where its results cannot be written: %s',
    async (path) => {
      const ran = await runReconcile(of('Unwritten'), 'Unwritten', ['--results', path]);
      expect(ran.code).toBe(2);
      expect(ran.stderr).toMatch(/^Cannot write .*: (ENOENT|ENOSPC).*\.\nNothing was changed/);
    },
  );

  it('exits with 0 when both sides agree, and shows what is held', async () => {
    await createCalls('Held', { Held1: '1' }, { no_payout_reason: 'Caps exceeded' });
    const agreed = await runReconcile('Call ID,Payout\nHeld1,1\n', 'Held');
    expect(agreed.code).toBe(0);
    expect(agreed.stdout).toMatch(/\nequal +1 +1\.00 +1\.00 +0\.00 +1\.00\n/);
    expect(await agreed.results()).toMatchObject([{ kind: 'equal', held: 'yes' }]);
    const differs = await runReconcile('Call ID,Payout\nHeld1,2\n', 'Held');
    expect(differs.stdout).toMatch(/1\.00 \(held\)/);
  });

  it('sets our amounts to theirs with --apply, and leaves what is missing', async () => {
    await createCalls('Pay', { Pay1: '1', Pay2: '2', Pay3: '3' });
    const ran = await runReconcile(of('Pay'), 'Pay', ['--apply', '--yes']);
    expect([ran.code, ran.stderr]).toEqual([1, '']);
    expect(ran.stdout).toContain(
      'Set publisher_paid_out of 1 call to the amounts of the statement: 2.00 becomes 2.50.',
    );
    expect(await server.readCall('Pay2')).toMatchObject({
      publisher_paid_out: '2.50',
      reason: 'Reconciled with statement.csv',
    });
    expect(await server.readCall('Pay1')).toMatchObject({ publisher_paid_out: '1.00', reason: null });
    expect(await server.readCall('Pay3')).toMatchObject({ publisher_paid_out: '3.00' });
    expect(await ran.results('applied')).toMatchObject([
      {
        status: 'applied',
        call_log_id: 'Pay2',
        publisher_paid_out_before: '2.00',
        publisher_paid_out_after: '2.50',
      },
    ]);
    const { items } = (await server.api('GET', '/calls/Pay2/timeline')).json;
    expect(items.at(-1)).toMatchObject({ kind: 'postback', by: 'File import' });
  });

  it('applies the same statement again after others changed the calls', async () => {
    await createCalls('Twice', { Twice1: '1' });
    const file = 'Call ID,Payout\nTwice1,5\n';
    expect((await runReconcile(file, 'Twice', ['--apply', '--yes'])).code).toBe(0);
    await server.api('PATCH', '/calls/Twice1', { publisher_paid_out: 1 });
    expect((await runReconcile(file, 'Twice', ['--apply', '--yes'])).code).toBe(0);
    expect(await server.readCall('Twice1')).toMatchObject({ publisher_paid_out: '5.00' });
  });

  it.each([
    ['there is no terminal to ask at', 'Ask', 'Call ID,Payout\nAsk1,5\n', ['--apply'], /--yes/],
    [
      'a line cannot be read',
      'Mend',
      'Call ID,Payout\nMend1,5\nMend2,$5\n',
      ['--apply', '--yes'],
      /correct them/,
    ],
  ])('changes nothing where %s', async (_what, name, file, args, message) => {
    await createCalls(name, { [`${name}1`]: '1' });
    const ran = await runReconcile(file, name, args);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(await server.readCall(`${name}1`)).toMatchObject({ publisher_paid_out: '1.00' });
  });

  it.each([
    ['a day that is none', 'Call ID,Payout\nA,1\n', ['--from', '2026-02-30'], /from: .*such as 2026-11-01/],
    ['an open quotation mark', 'Call ID,Payout\nA,1\nB,"2\n', [], /statement\.csv, line 3: .*never closed/],
    ['a column that is missing', 'Call ID,Amount\nA,1\n', [], /no column "Payout"/],
    ['another token', 'Call ID,Payout\nA,1\n', ['--token', 'a-token-that-is-unknown'], /invalid_token/],
    [
      'a server that is not there',
      'Call ID,Payout\nA,1\n',
      ['--url', 'http://127.0.0.1:1'],
      /does not answer/,
    ],
  ])('exits with 2 for %s', async (_what, file, args, message) => {
    const ran = await runReconcile(file, 'Bad', args);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});
