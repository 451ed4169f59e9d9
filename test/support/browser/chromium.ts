/** The Chromium that tests drive: a system's own where there is one, else the one that comes through npm. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

import { projectFolder } from '../programs/process.ts';

const systemPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable'];

/** Nothing is asked of any other host: no updates, no safe browsing, no accounts. */
const flags = [
  '--no-sandbox', // root has none, and the pages are our own
  '--disable-gpu',
  '--js-flags=--no-opt --no-maglev', // pages of tests are too short-lived for optimised code to pay
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

export async function launchChromium(): Promise<Browser> {
  const system = systemPaths.find((path) => existsSync(path));
  if (system !== undefined) return chromium.launch({ executablePath: system, args: flags });
  const folder = await unpackedChromium();
  const env = { ...process.env, FONTCONFIG_FILE: join(folder, 'fonts.conf'), HOME: folder };
  return chromium.launch({ executablePath: join(folder, 'chromium'), args: flags, env: definedOf(env) });
}

/** Unpacked once for each version, whole or not at all, however many ask at the same time. */
async function unpackedChromium(): Promise<string> {
  const modules = join(projectFolder, 'node_modules');
  const { version } = JSON.parse(
    readFileSync(join(modules, '@sparticuz', 'chromium', 'package.json'), 'utf8'),
  ) as { version: string }; // a package has one
  const cache = join(modules, '.cache');
  const folder = join(cache, `chromium-${version}`);
  if (existsSync(folder)) return folder;
  const unpacking = join(cache, randomUUID());
  await mkdir(unpacking, { recursive: true });
  const { TMPDIR } = process.env;
  process.env['TMPDIR'] = unpacking; // where the package unpacks to
  const { default: packed } = await import('@sparticuz/chromium');
  await packed.executablePath();
  if (TMPDIR === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = TMPDIR;
  await writeFile(join(unpacking, 'fonts.conf'), fontSettings(folder));
  await rename(unpacking, folder).catch(() => rm(unpacking, { recursive: true })); // somebody was faster
  return folder;
}

/** The font that comes along is always there: Chromium ends at the first form where it finds none at all. */
function fontSettings(folder: string): string {
  const folders = [join(folder, 'fonts', 'fonts'), '/usr/share/fonts'].map((path) => `<dir>${path}</dir>`);
  const fonts = { 'sans-serif': 'Open Sans', 'system-ui': 'Open Sans', monospace: 'DejaVu Sans Mono' };
  const aliases = Object.entries(fonts).map(
    ([name, font]) => `<alias><family>${name}</family><prefer><family>${font}</family></prefer></alias>`,
  );
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>${aliases.join('')}${folders.join('')}<cachedir>${join(folder, 'font-cache')}</cachedir></fontconfig>
`;
}

function definedOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}
