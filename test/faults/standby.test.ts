/** A PostgreSQL with a synchronous standby: it dies under load, the standby takes its place, and no answer was false. */
import { expect, test } from 'vitest';
import { Load } from '../crash/load.ts';
import { DatabaseProxy } from '../support/database/database-proxy.ts';
import { makeDataDir } from '../support/server-process.ts';
import { tell, pollTimeoutMs as timeout, timeoutMs, times } from './faults.ts';
import { Replica } from './replica.ts';

test('a standby that is promoted under load has all that was acknowledged, and the service goes on automatically', {
  timeout: timeoutMs,
}, async (context) => {
  let primary = await Replica.make();
  // What a floating address or a connection pooler does: the server's DATABASE_URL stays the same.
  const proxy = await DatabaseProxy.start(primary.url);
  const { start } = await makeDataDir({ DATABASE_URL: proxy.url });
  const app = start('--workers', '2');
  const server = await app.listening;
  const load = await Load.prepare(server);
  const running = load.run(server, 'go on');
  const promotions = times(1, 5);
  for (let count = 0; count < promotions; count += 1) {
    const standby = await primary.makeStandby();
    const before = load.acknowledged;
    await expect.poll(() => load.acknowledged, { timeout }).toBeGreaterThan(before + 200);
    await primary.kill();
    proxy.goDown();
    await standby.promote();
    proxy.comeBack(standby.url);
    primary = standby;
    const promoted = load.acknowledged;
    await expect.poll(() => load.acknowledged, { timeout }).toBeGreaterThan(promoted + 200);
  }
  load.stop();
  await running;
  load.expectHonestRejections();
  await load.settle(server);
  const taken = await load.expectAllTaken(server, (sql) => primary.query(sql), 0);
  const answers = `${load.rejections.length} × 503 meanwhile`;
  tell(
    context,
    `${promotions} × a synchronous standby promoted after kill -9 of its primary`,
    taken,
    `; ${answers}`,
  );
  expect(await app.end('SIGTERM')).toMatchObject({ code: 0 });
  await proxy.stop();
});
