// Loaded into a server by --import. Each request to the socket PROBE_SOCKET gets the figures since the one before:
// - busyMs: how long the event loop was busy with one thing at most, in milliseconds of the thread's own CPU time, which
//   other programs of a crowded machine do not lengthen;
// - delayMs, delayMsMax: the 99th percentile and the maximum of the event loop's delay, by the clock; rssMb: resident memory at most.
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const tickMs = 2;
const memoryMs = 50;
const delay = monitorEventLoopDelay({ resolution: tickMs });
const nothing = () => ({ busyMs: 0, rssMb: 0 });
let most = nothing();
let before = process.threadCpuUsage();

function measureTurn() {
  const { user, system } = process.threadCpuUsage(before);
  before = process.threadCpuUsage();
  most.busyMs = Math.max(most.busyMs, (user + system) / 1_000);
}

function measureMemory() {
  most.rssMb = Math.max(most.rssMb, process.memoryUsage.rss() / 1_048_576);
  before = process.threadCpuUsage();
}

if (isMainThread) {
  delay.enable();
  setInterval(measureTurn, tickMs).unref();
  setInterval(measureMemory, memoryMs).unref();
  createServer((_request, response) => {
    measureTurn();
    measureMemory();
    response.end(
      JSON.stringify({ ...most, delayMs: delay.percentile(99) / 1e6, delayMsMax: delay.max / 1e6 }),
    );
    most = nothing();
    delay.reset();
    before = process.threadCpuUsage();
  })
    .listen(process.env.PROBE_SOCKET)
    .unref();
}
