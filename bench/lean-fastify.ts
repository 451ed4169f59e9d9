/** Fastify and postgres.js on the lean tables, one prepared statement a request: the fastest of what people write by hand. */
import fastify from 'fastify';
import postgres from 'postgres';
import { changeAndLog, type LeanPayload, valuesOf } from './lean-tables.ts';

const connectionsMax = 20;
const authKey = process.env['BENCH_AUTH_KEY'];
const { hostname, port, pathname, username, password } = new URL(process.env['DATABASE_URL'] ?? '');
const sql = postgres({
  host: decodeURIComponent(hostname), // a folder, which postgres.js does not read from an address
  port: Number(port),
  database: pathname.slice(1),
  username,
  password: decodeURIComponent(password),
  max: connectionsMax,
});
const app = fastify();

app.post<{ Body: LeanPayload }>('/update-fields', async (request, reply) => {
  if (request.headers['x-auth-key'] !== authKey) return reply.code(401).send({ error: 'invalid key' });
  const rows = await sql.unsafe(changeAndLog, [...valuesOf(request.body)], { prepare: true });
  return rows.length === 1 ? { ok: true } : reply.code(404).send({ error: 'unknown call' });
});

console.log(`listening on ${await app.listen({ port: 0, host: '127.0.0.1' })}`);
