// Loaded into a server by --import: writes to PROBE_FILE how long its event loop was busy with one thing at most, in
// milliseconds of the thread's own CPU time, which other programs of a crowded machine do not lengthen. SIGUSR2 begins anew.
import { writeFileSync } from 'node:fs';

const tickMs = 2;
let busyMs = 0;
let rssMb = 0;
let before = process.threadCpuUsage();
const measure = () => {
  const used = process.threadCpuUsage(before);
  before = process.threadCpuUsage();
  busyMs = Math.max(busyMs, (used.user + used.system) / 1_000);
};
const tell = () => {
  rssMb = Math.max(rssMb, process.memoryUsage.rss() / 1_048_576);
  writeFileSync(
    process.env.PROBE_FILE,
    JSON.stringify({ busyMs: Math.round(busyMs), rssMb: Math.round(rssMb) }),
  );
  before = process.threadCpuUsage();
};
setInterval(measure, tickMs).unref();
setInterval(tell, 50).unref();
process.on('SIGUSR2', () => {
  busyMs = 0;
  rssMb = 0;
  before = process.threadCpuUsage();
});
