/**
 * A short day of pay-per-call, played against a real server on a throw-away data folder: calls arrive live,
 * senders post back, some are rejected or repeat themselves. Run it with `npm run demo`; `--exit` ends it
 * after the tables.
 */
import { parseArgs } from 'node:util';
import { planDay } from './demo/day.ts';
import { Operator } from './demo/operator.ts';
import { playDay } from './demo/play.ts';
import { printCalls, printRequests, printTimelines, printTotals } from './demo/report.ts';
import { Senders } from './demo/senders.ts';
import { type DemoServer, startDemoServer } from './demo/server.ts';
import { Twilio } from './demo/twilio.ts';

const callsPerDay = 150;

const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
});

try {
  const { values } = parseArgs({ options: { exit: { type: 'boolean', default: false } } });
  await runDemo(values.exit);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function runDemo(exitsAfterTables: boolean): Promise<void> {
  console.log('Starting a server on a throw-away data folder …');
  const server = await startDemoServer();
  try {
    const isPlayed = await Promise.race([runDay(server).then(() => true), interrupted.then(() => false)]);
    if (isPlayed && !exitsAfterTables) {
      printWayIn(server);
      await Promise.race([interrupted, server.ended]);
    }
  } finally {
    await server.stop();
    console.log('\nThe server has stopped, and its data is removed.');
  }
}

async function runDay({ url, publicUrl, token, twilioAuthToken }: DemoServer): Promise<void> {
  const operator = new Operator(url, token);
  const senders = await Senders.open(operator, url);
  const day = planDay(callsPerDay, new Date());
  console.log(`Playing a day with ${day.length} calls against ${url} …`);
  const startedAt = performance.now();
  await playDay(day, new Twilio(url, publicUrl, twilioAuthToken, senders.tally), senders);
  const seconds = (performance.now() - startedAt) / 1_000;

  printRequests(senders.tally, seconds);
  const calls = await operator.listCalls();
  printCalls(day, calls);
  await printTimelines(day, operator);
  printTotals(calls);
}

function printWayIn({ url, token, dataDir }: DemoServer): void {
  console.log(`
The server is still running:
  sign in        ${url}/sign-in#token=${token}
  documentation  ${url}/docs
  admin token    ${token}
  data folder    ${dataDir}
  all calls whose payout is held
    curl -H 'Authorization: Bearer ${token}' '${url}/api/v1/calls?payout_status=held'

Ctrl-C ends it and removes its data.`);
}
