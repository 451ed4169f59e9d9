/** The thread of an honest sender: posts one update after the other, from one message to the next. */
import { parentPort, workerData } from 'node:worker_threads';

export type HonestSettings = { url: string; authKey: string; callLogId: string };
/** `status` is 0 where no response came. */
export type HonestPostback = { ms: number; status: number };

const { url, authKey, callLogId }: HonestSettings = workerData;
const headers = { 'x-auth-key': authKey, 'content-type': 'application/json' };
let isRunning = false;
let sent = 0;

async function post(): Promise<HonestPostback> {
  sent += 1;
  const body = JSON.stringify({ call_log_id: callLogId, reason: `r${sent}` });
  const startMs = performance.now();
  try {
    const response = await fetch(url, { method: 'POST', headers, body });
    await response.text();
    return { ms: performance.now() - startMs, status: response.status };
  } catch {
    return { ms: performance.now() - startMs, status: 0 };
  }
}

parentPort?.on('message', async () => {
  isRunning = !isRunning;
  if (!isRunning) return;
  while (isRunning) parentPort?.postMessage(await post());
  parentPort?.postMessage('stopped');
});
