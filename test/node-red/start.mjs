/** Runs Node-RED without its editor: `node start.mjs FOLDER` reads FOLDER/flows.json, and prints where it listens. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const runtime = require('node-red');

const server = createServer();
runtime.init(server, {
  userDir: process.argv[2],
  flowFile: 'flows.json',
  httpAdminRoot: false,
  httpNodeRoot: '/',
  credentialSecret: false,
  functionGlobalContext: { crypto: require('node:crypto') },
  diagnostics: { enabled: false },
  telemetry: { enabled: false },
  logging: { console: { level: 'warn' } },
});
server.on('request', runtime.httpNode);
const flowsStarted = new Promise((resolve) => runtime.events.once('flows:started', resolve));
await runtime.start();
await flowsStarted;
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`);
