import { readFileSync } from 'node:fs';
import { projectFile } from '../../project-file.ts';
import { html } from './html.ts';
import { renderMarkdown } from './markdown.ts';
import { type Guide, guideTitles, renderPage, type Site } from './page.ts';

/** A page of `docs/`, with the server's own address in its commands. */
export function renderGuide(name: Guide, site: Site): string {
  const file = projectFile(`docs/${name}.md`);
  const text = readFileSync(file, 'utf8').replaceAll('http://localhost:8080', site.publicUrl);
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
