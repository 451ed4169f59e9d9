/** `ringback import` as a billing team runs it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { type Ended, makeFolder, ringback, runRingback } from '../support/programs/process.ts';
import { useServer } from '../support/server.ts';

const server = useServer();

type Ran = Ended & {
  path: string;
  results(delimiter?: string, path?: string): Promise<Record<string, string>[]>;
};

/** Writes a file and runs `ringback import` on it. */
async function runImport(
  content: string | Uint8Array,
  args: string[] = [],
  { name = 'statement.csv', env = {} }: { name?: string; env?: Record<string, string> } = {},
): Promise<Ran> {
  const path = join(await makeFolder(), name);
  await writeFile(path, content);
  const settings = { RINGBACK_URL: server.url, ADMIN_TOKEN: server.token, ...env };
  const ended = await runRingback(['import', path, ...args], settings);
  const results = async (delimiter = ',', file = `${path}.results.csv`) =>
    parse(await readFile(file), { columns: true, bom: true, delimiter }) as Record<string, string>[];
  return { ...ended, path, results };
}

const map = ['--map', 'Call ID=call_log_id', '--map', 'Payout=publisher_paid_out'];

describe('ringback import', () => {
  it('imports a statement, says what came of it and writes one line a row for a spreadsheet', async () => {
    await server.createCall('S1', { publisher_paid_out: 1, tags: { old: '1' } });
    await server.createCall('S2', { publisher_paid_out: 2 });
    const file =
      'Call ID;Payout;Tag;Agent\r\nS1;12.5x;;Ann\r\nS2;2.00;;Bob\r\nS1;12.50;"a\r=b";\r\nS9;1;;\r\n';
    const ran = await runImport(file, [...map, '--map', 'Tag=add[old]']);
    expect(ran.stderr).toMatch(/^(\d of 4 rows, .* left\n)*$/); // the progress, on a slow machine
    expect(ran.stdout).toMatch(/statement\.csv: 4 rows\n4 of 4 rows in \d+ s\n/);
    expect(ran.stdout).toMatch(/applied +1 +the call was changed\nunchanged +1 .*\nrejected +2 /);
    expect(ran.stdout).toMatch(/ {2}invalid_value +1\n {2}call_not_found +1\n/);
    expect(ran.stdout).toMatch(/publisher_paid_out +1 +1\.00 +12\.50\ntags +1\n/);
    expect(ran.stdout).toContain('Ignored: Agent');
    expect(ran.code).toBe(1);
    const text = await readFile(`${ran.path}.results.csv`, 'utf8');
    expect(text.startsWith('\uFEFFrow;line;status;code;detail;duplicate;call_log_id;')).toBe(true);
    expect(await ran.results(';')).toMatchObject([
      {
        row: '1',
        line: '2',
        status: 'rejected',
        code: 'invalid_value',
        call_log_id: 'S1',
        detail: expect.stringMatching(/^publisher_paid_out: .*plain decimal/),
      },
      { row: '2', line: '3', status: 'unchanged', code: '' },
      {
        row: '3',
        line: '4',
        status: 'applied',
        publisher_paid_out_before: '1.00',
        publisher_paid_out_after: '12.50',
        tags_before: 'old: 1',
        tags_after: 'old: a\r=b',
      },
      { row: '4', line: '6', status: 'rejected', code: 'call_not_found', call_log_id: 'S9' },
    ]);
  });

  it('tells of calls that were added, and of rows that wait for their call or that the mapping leaves out', async () => {
    const fields = { call_log_id: 'id', reason: 'note' };
    const mapping = { only_when: [{ from: 'event', in: ['end'] }], fields };
    const { id } = await server.createWebhook('update_fields', { mapping, unmatched: 'wait' });
    const rows = ['end', 'start'].map((event) => JSON.stringify({ event, id: 'W1', note: 'x' }));
    const { stdout } = await runImport(rows.join('\n'), ['--webhook', id], { name: 'rows.ndjson' });
    expect(stdout).toMatch(/^waiting +1 /m);
    expect(stdout).toMatch(/^ignored +1 /m);
    expect(stdout).toContain('To undo it: ');
    const calls = await runImport('{"call_log_id":"W3"}', ['--type', 'calls'], { name: 'calls.ndjson' });
    expect(calls.stdout).toMatch(/^created +1 /m);
  });

  it('names the command that undoes it, which does; a dry run and rejected rows name none', async () => {
    await server.createCall('U1', { publisher_paid_out: 3 });
    const file = 'Call ID,Payout\nU1,4\n';
    for (const [content, more] of [
      [file, ['--dry-run']],
      ['Call ID,Payout\nU9,4\n', []],
    ] as const) {
      expect((await runImport(content, [...map, ...more])).stdout).not.toContain('undo');
    }
    const { stdout } = await runImport(file, map);
    const [, undo = ''] = /^To undo it: ringback (undo --webhook \S+ --import \S+)$/m.exec(stdout) ?? [];
    const settings = { RINGBACK_URL: server.url, ADMIN_TOKEN: server.token };
    expect(await runRingback([...undo.split(' '), '--yes'], settings)).toMatchObject({ code: 0 });
    expect(await server.readCall('U1')).toMatchObject({ publisher_paid_out: '3.00' });
  });

  it('names an option as it is written at the command line', async () => {
    const comma = await runImport('Call ID;Payout\nA1;"1.234,50"\n', map);
    expect(comma.code).toBe(2);
    expect(comma.stderr).toContain('--amounts comma');
  });

  it('exits with 0 when every row was taken, and does no row twice when it is run again', async () => {
    await server.createCall('A1');
    const folder = await makeFolder();
    const path = join(folder, 'a.csv');
    await writeFile(path, 'Call ID,Payout\nA1,5\n');
    const env = { RINGBACK_URL: server.url, ADMIN_TOKEN: server.token };
    expect((await runRingback(['import', path, ...map], env)).code).toBe(0);
    await server.api('PATCH', '/calls/A1', { publisher_paid_out: 6 });
    const again = await runRingback(['import', path, ...map], env);
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/duplicate +1 /);
    expect(again.stdout).toContain('--import-key');
    expect(await server.readCall('A1')).toMatchObject({ publisher_paid_out: '6.00' });
    const third = await runRingback(['import', path, ...map, '--import-key', 'once more'], env);
    expect(third.stdout).toMatch(/applied +1 /);
    expect(await server.readCall('A1')).toMatchObject({ publisher_paid_out: '5.00' });
  });

  it('knows the same file read in another way for another import', async () => {
    await server.createCall('A2');
    const file = 'Call ID,Payout\nA2,5\n';
    await runImport(file, map);
    const other = await runImport(file, ['--map', 'Call ID=call_log_id', '--map', 'Payout=revenue_paid_out']);
    expect(other.stdout).toMatch(/applied +1 /);
  });

  it('tells with --dry-run what would change, and changes nothing', async () => {
    await server.createCall('D1', { publisher_paid_out: 10 });
    const ran = await runImport('Call ID,Payout\nD1,12.5\n', [...map, '--dry-run']);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/would change +rows.*\n.*\npublisher_paid_out +1 +10\.00 +12\.50\n/);
    expect(ran.stdout).toContain('nothing was changed');
    expect(await ran.results()).toMatchObject([{ publisher_paid_out_before: '10.00' }]);
    expect(await server.readCall('D1')).toMatchObject({ publisher_paid_out: '10.00' });
  });

  it('takes NDJSON, another place for the results, and the webhook that is named', async () => {
    await server.createCall('N1');
    const webhook = await server.createWebhook('update_revenue');
    const results = join(await makeFolder(), 'out.csv');
    const ran = await runImport(
      '{"call_log_id":"N1","amount":3}\n',
      ['--webhook', webhook.id, '--results', results],
      { name: 'rows.ndjson' },
    );
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(await ran.results(',', results)).toMatchObject([
      { status: 'applied', revenue_paid_out_after: '3.00' },
    ]);
    const { items } = (await server.api('GET', `/postbacks?webhook_id=${webhook.id}`)).json;
    expect(items).toMatchObject([{ call_log_id: 'N1' }]);
  });

  it('writes no text into the results that a spreadsheet would run', async () => {
    await server.createCall('X1', { reason: '=HYPERLINK("http://127.0.0.1")' });
    const ran = await runImport('call_log_id,reason\nX1,+SUM(1)\n');
    expect(await ran.results()).toMatchObject([
      { reason_before: `'=HYPERLINK("http://127.0.0.1")`, reason_after: "'+SUM(1)" },
    ]);
  });

  it('takes files of one row and of none', async () => {
    await server.createCall('Z1');
    expect((await runImport('call_log_id,reason\nZ1,x')).code).toBe(0);
    const none = await runImport('call_log_id,reason\n');
    expect([none.code, await none.results()]).toEqual([0, []]);
  });

  it.each([
    [
      'a column that is missing',
      'Call ID,Amount\nB1,1\n',
      /line 1: .*no column "Payout".*"Call ID", "Amount"/,
    ],
    [
      'an open quotation mark',
      'Call ID,Payout\nB1,1\nB1,"2\nB1,3\n',
      /statement\.csv, line 3: .*never closed/,
    ],
    ['UTF-16', Buffer.from('\uFEFFCall ID,Payout\n', 'utf16le'), /line 1: .*UTF-16.*CSV UTF-8/],
    ['an Excel workbook', Buffer.from('PK\x03\x04....'), /line 1: .*Excel workbook/],
    ['nothing', '', /line 1: The file is empty/],
  ])('sends nothing of a file with %s', async (_what, file, message) => {
    await server.createCall('B1');
    const ran = await runImport(file, map);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr).toContain('Nothing was done.');
    expect((await server.api('GET', '/postbacks?call_log_id=B1')).json.items).toEqual([]);
  });

  it.each([
    ['a mapping that is none', ['--map', 'Payout'], {}, /COLUMN=FIELD/],
    ['a field that is none', ['--map', 'Payout=payout'], {}, /no field "payout"/],
    ['a webhook that is none', ['--webhook', 'x'], {}, /no incoming webhook/],
    ['another type', ['--type', 'update_money'], {}, /update_fields/],
    ['another token', map, { ADMIN_TOKEN: 'a-token-that-is-unknown' }, /invalid_token/],
    ['a header line that is none', [...map, '--header-line', 'x'], {}, /whole number/],
    [
      'results that cannot be written',
      [...map, '--results', '/nowhere/x.csv'],
      {},
      /Cannot write \/nowhere\/x\.csv: ENOENT.*\.\nNothing was done/,
    ],
    [
      'a webhook of a server that is not there',
      ['--webhook', 'x'],
      { RINGBACK_URL: 'http://127.0.0.1:1' },
      /does not answer: .*ECONNREFUSED/,
    ],
    ['a URL that is none', [...map, '--url', 'localhost'], {}, /--url/],
    ['a server that is not there', map, { RINGBACK_URL: 'http://127.0.0.1:1' }, /ECONNREFUSED/],
  ])('exits with 2 for %s', async (_what, args, env, message) => {
    const ran = await runImport('Call ID,Payout\nB1,1\n', args, { env });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(message);
  });

  it.each([
    ['at the end', 1, /^The results are not whole\. Cannot write \/dev\/full: ENOSPC/],
    ['meanwhile', 5_000, /^The import broke off: Cannot write \/dev\/full: ENOSPC/],
  ])('exits with 2 where the disk of the results is full %s', async (_when, rows, message) => {
    await server.createCall('Full', { publisher_paid_out: 1 });
    const file = `Call ID,Payout\n${'Full,1\n'.repeat(rows)}`;
    const ran = await runImport(file, [...map, '--results', '/dev/full']);
    expect(ran.code).toBe(2);
    expect(ran.stderr.replace(/^\d.* left\n/gm, '')).toMatch(message);
    expect(ran.stderr).toContain('Run the same command again');
  });

  it('is done and tells its end also where nobody reads what it prints', async () => {
    await server.createCall('Pipe');
    const path = join(await makeFolder(), 'pipe.csv');
    await writeFile(path, 'call_log_id,reason\nPipe,read\n');
    const env = { ...process.env, RINGBACK_URL: server.url, ADMIN_TOKEN: server.token };
    const child = spawn(process.execPath, [ringback, 'import', path], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout.destroy();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect((await server.readCall('Pipe')).reason).toBe('read');
  });

  it('leaves it to the server which columns a mapping reads: others may have one name', async () => {
    await server.createCall('Twice');
    const file = 'Id,Note,Note,Why\nTwice,a,b,c\n';
    const mapping = '{"fields":{"call_log_id":"Id","reason":"Why"}}';
    expect((await runImport(file, ['--mapping', mapping])).code).toBe(0);
    expect((await server.readCall('Twice')).reason).toBe('c');
    const read = await runImport(file, ['--mapping', mapping.replace('Why', 'Note')]);
    expect([read.code, read.stderr]).toEqual([2, expect.stringMatching(/Two columns are called "Note"/)]);
  });

  it('says where the file is missed, and never prints the token', async () => {
    const token = 'a-token-that-is-secret';
    const env = { RINGBACK_URL: server.url, ADMIN_TOKEN: token };
    const { code, stdout, stderr } = await runRingback(['import', '/nowhere/x.csv'], env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/There is no file \/nowhere\/x\.csv/);
    const rejected = await runImport('call_log_id,reason\nB1,1\n', [], { env });
    expect(rejected.code).toBe(2);
    expect(stdout + stderr + rejected.stdout + rejected.stderr).not.toContain(token);
  });

  it('finds the token that the server keeps in DATA_DIR', async () => {
    await server.createCall('T1');
    const DATA_DIR = await makeFolder();
    await writeFile(join(DATA_DIR, 'admin-token'), `${server.token}\n`);
    const ran = await runImport('call_log_id,reason\nT1,x\n', [], { env: { ADMIN_TOKEN: '', DATA_DIR } });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const without = await runImport('call_log_id,reason\nT1,x\n', [], {
      env: { ADMIN_TOKEN: '', DATA_DIR: await makeFolder() },
    });
    expect([without.code, without.stderr]).toEqual([2, expect.stringMatching(/API token: --token/)]);
  });
});
