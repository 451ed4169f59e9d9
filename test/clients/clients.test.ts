/** Tools that read `/openapi.json` have no finding, and the clients that they make compile and work. Run by `npm run test:clients`. */
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const run = promisify(execFile);
const bin = (name: string) => `${folder}node_modules/.bin/${name}`;
const generated = `${folder}generated`;

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({}, 1);
  await rm(generated, { recursive: true, force: true });
  await mkdir(generated);
  await writeFile(`${generated}/openapi.json`, (await server.request('/openapi.json')).text);
});

afterAll(() => server.stop());

const cwd = { cwd: folder, maxBuffer: 1e8 };

test('the recommended rules of Redocly and Spectral find nothing', async () => {
  const { stdout } = await run(process.execPath, ['lint.mjs', 'generated/openapi.json'], cwd);
  expect(stdout).toBe('');
});

test('clients of three generators compile under strict settings', async () => {
  await run(
    bin('openapi-typescript'),
    ['generated/openapi.json', '-o', 'generated/openapi-typescript.ts'],
    cwd,
  );
  await run(bin('openapi-ts'), ['-f', 'openapi-ts.config.mjs'], cwd);
  await run(bin('orval'), ['--config', 'orval.config.mjs'], cwd);
  await run(bin('tsc'), ['-p', '.'], cwd);
});

test.each(['openapi-typescript', 'hey-api', 'orval'])('the client of %s completes a round', async (name) => {
  const { stdout } = await run(process.execPath, [`rounds/${name}.ts`, server.url, server.token], cwd);
  expect(JSON.parse(stdout)).toEqual({ status: 'applied', logged: 'applied', call: `CA-${name}` });
});
