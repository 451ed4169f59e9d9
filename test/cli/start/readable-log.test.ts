import { expect, test } from 'vitest';
import { readableLog } from '../../../src/cli/readable-log.ts';
import { createLog } from '../../../src/log.ts';

test('a person at a terminal reads the time, the message and its details, and of an error where it came from', () => {
  const written: string[] = [];
  const log = createLog(
    'debug',
    readableLog((text) => written.push(text)),
  );
  const error = new Error('it is gone');
  log.info({ migration: '0001.sql', ms: 12 }, 'migrated');
  log.warn({ err: error }, 'a database connection broke');
  log.error({ err: error }, 'a request failed');
  expect(written).toEqual([
    expect.stringMatching(/^\d\d:\d\d:\d\d migrated migration=0001\.sql ms=12\n$/),
    expect.stringMatching(/^\d\d:\d\d:\d\d warning: a database connection broke: it is gone\n$/),
    expect.stringMatching(/^\d\d:\d\d:\d\d ERROR: a request failed: it is gone\nError: it is gone\n +at /),
  ]);
});

test('what others have sent cannot command the terminal', () => {
  const written: string[] = [];
  const log = createLog(
    'debug',
    readableLog((text) => written.push(text)),
  );
  log.warn({ call: 'CA\u001b[2J\u202e1\nfake line', err: new Error('x\u0007\r\ny') }, 'rejected');
  expect(written).toEqual([
    expect.stringMatching(
      /^\d\d:\d\d:\d\d warning: rejected: x\\u0007\\r\\ny call=CA\\u001b\[2J\\u202e1\\nfake line\n$/,
    ),
  ]);
});
