/** Outgoing webhooks find a postback whose status changes later by `written_at`. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const store = fileURLToPath(new URL('../../src/store/', import.meta.url));

test('every statement that changes the status of a postback writes when it did', () => {
  const updates = globSync('**/*.ts', { cwd: store }).flatMap((file) =>
    [...readFileSync(store + file, 'utf8').matchAll(/update postback\b[^;`]*/g)].map(([text]) => ({
      file,
      text,
    })),
  );
  const ofStatus = updates.filter(({ text }) =>
    /\bset\b(?:(?!\b(?:from|where)\b)[^`])*\bstatus = /.test(text),
  );
  expect(ofStatus.length).toBeGreaterThan(1);
  for (const { file, text } of ofStatus) {
    expect(text, `${file}: set written_at = statement_timestamp()`).toMatch(
      /written_at = statement_timestamp\(\)/,
    );
  }
});
