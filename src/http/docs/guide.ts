import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { html } from './html.ts';
import { renderMarkdown } from './markdown.ts';
import { type Guide, guideTitles, renderPage, type Site } from './page.ts';

/** Compiled, everything is in one folder. */
const places = ['../../../docs/', '../../docs/'].map((place) =>
  fileURLToPath(new URL(place, import.meta.url)),
);
const folder = places.find((place) => existsSync(`${place}senders.md`)) ?? '';

/** A page of `docs/`, with the server's own address in its commands. */
export function renderGuide(name: Guide, site: Site): string {
  const text = readFileSync(`${folder}${name}.md`, 'utf8').replaceAll(
    'http://localhost:8080',
    site.publicUrl,
  );
  const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, title = '']) => title);
  const body = renderMarkdown(text, (href) => resolveLink(href, site));
  const ids = new Map(
    [...body.text.matchAll(/<h2 id="([^"]*)">(.*?)<\/h2>/g)].map(([, id = ''], at) => [headings[at], id]),
  );
  const contents = headings.map(
    (title) => html`<li><a href="#${ids.get(title)}">${title.replaceAll('`', '')}</a></li>`,
  );
  return renderPage(site, name, html`<ul>${contents}</ul>`, body);
}

/** Other guides are pages here; files of the repository are not. */
function resolveLink(href: string, { basePath }: Site): string | null {
  if (/^(?:https?:|#)/.test(href)) return href;
  const [, file = '', fragment = ''] = /^([\w-]+)\.md(#.*)?$/.exec(href) ?? [];
  return file in guideTitles ? `${basePath}/docs/${file}${fragment}` : null;
}
