/**
 * What a page needs first is named in its HTML, so that a browser asks for all of it at once: the files of the page's
 * code, who is signed in, and the first page of its list. Without it, each of these waits for the one before.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../../core/values/json/json.ts';

/** `module`: of the build's manifest. `requests`: to the API, exactly as the page makes them when its address has no parameters */
type Page = { module: string; requests: readonly string[] };

const pageOf = (module: string, ...requests: string[]): Page => ({
  module: `src/pages/${module}.tsx`,
  requests,
});

/** By path. Pages that are not here are shown as well, a little later. */
const pages: Readonly<Record<string, Page>> = {
  '': pageOf('overview/overview-page', 'first-steps', 'overview/attention'),
  overview: pageOf('overview/overview-page', 'first-steps', 'overview/attention'),
  calls: pageOf('calls/list/calls-page', 'calls', 'views?limit=500'),
  postbacks: pageOf('postbacks/list/postbacks-page', 'postbacks?previews=false'),
  'postbacks/inbox': pageOf('inbox/inbox-page', 'postbacks?open=true&limit=50'),
  'webhooks/incoming': pageOf('webhooks/webhooks-page'),
  'webhooks/outgoing': pageOf('outgoing/outgoing-list-page'),
  'files/import': pageOf('files/import/import-page'),
  'files/reconcile': pageOf('files/reconcile/reconcile-page'),
  'files/payouts': pageOf('files/payouts/payouts-page'),
  'access/people': pageOf('access/people/people-page'),
  'access/tokens': pageOf('access/tokens/tokens-page'),
  'access/sessions': pageOf('access/sessions-page'),
  'access/audit': pageOf('access/audit-page'),
  'access/account': pageOf('access/account/account-page'),
};
/** Every page behind the sign-in asks for them. */
const always = ['session', 'fields'];

type Manifest = Record<string, { file: string; imports?: string[]; css?: string[] }>;

/** The HTML of a page by its path, without a slash in front. @param hasQuery its address has parameters, and so another list */
export type PageHtml = (path: string, hasQuery: boolean) => string;

/** @param html the one page of the build @param basePath of PUBLIC_URL */
export function preparePages(folder: string, html: string, basePath: string): PageHtml {
  const manifest = readManifest(join(folder, 'manifest.json'));
  if (manifest === null) return () => html;
  const prepared = new Map<string, string>();
  for (const [path, { module, requests }] of Object.entries(pages)) {
    const files = [...filesOf(manifest, module)].filter((file) => !html.includes(file));
    const code = files.map((file) =>
      file.endsWith('.css')
        ? `<link rel="stylesheet" crossorigin href="${basePath}/${file}">`
        : `<link rel="modulepreload" crossorigin href="${basePath}/${file}">`,
    );
    const first = always.map((request) => preloadOf(basePath, request));
    const own = requests.map((request) => preloadOf(basePath, request));
    prepared.set(path, withLinks(html, [...first, ...own, ...code]));
    prepared.set(`${path}?`, withLinks(html, [...first, ...code]));
  }
  return (path, hasQuery) => prepared.get(hasQuery ? `${path}?` : path) ?? html;
}

function preloadOf(basePath: string, request: string): string {
  const url = `${basePath}/api/v1/${request}`.replaceAll('&', '&amp;');
  return `<link rel="preload" as="fetch" crossorigin href="${url}">`;
}

/** Before the code of the page: what is first in the document is asked for first. */
function withLinks(html: string, links: string[]): string {
  return html.replace('<script type="module"', `${links.join('')}<script type="module"`);
}

/** Null where the pages were built in another way, or not at all. */
function readManifest(path: string): Manifest | null {
  return existsSync(path) ? (parseJson(readFileSync(path, 'utf8')) as Manifest) : null; // as Vite writes it
}

function filesOf(manifest: Manifest, module: string, found = new Set<string>()): Set<string> {
  const chunk = manifest[module];
  if (chunk === undefined)
    throw new Error(`The build of the web UI has no ${module}: correct the list of pages.`);
  if (found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const file of chunk.css ?? []) found.add(file);
  for (const imported of chunk.imports ?? []) filesOf(manifest, imported, found);
  return found;
}
