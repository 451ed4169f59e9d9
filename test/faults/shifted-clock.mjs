// Loaded into a server by --import: shifts the clocks that it reads, `Date` and the one in a uuid v7, by the
// milliseconds in the file CLOCK_FILE, which a test changes while the server runs. No timer of Node depends on them.
import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const RealDate = Date;
const realUuid = crypto.randomUUIDv7;
let offsetMs = 0;
const look = () => {
  offsetMs = Number(readFileSync(process.env.CLOCK_FILE, 'utf8'));
};
look();
setInterval(look, 10).unref();

const now = () => RealDate.now() + offsetMs;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});

crypto.randomUUIDv7 = (options) => {
  const millis = now().toString(16).padStart(12, '0');
  return `${millis.slice(0, 8)}-${millis.slice(8)}${realUuid(options).slice(13)}`;
};
syncBuiltinESMExports();
