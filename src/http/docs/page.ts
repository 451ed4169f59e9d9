import { type Html, html } from './html.ts';

export type Site = {
  /** the path of PUBLIC_URL, without a slash at the end */
  basePath: string;
  publicUrl: string;
};

/** What the documentation has beside the reference, by the file's name in `docs/`. */
export const guideTitles = {
  senders: 'Guide for senders',
  signatures: 'Signatures',
  mapping: 'Mapping',
  import: 'Files',
  outgoing: 'Outgoing webhooks',
  operations: 'Operations',
} as const;
export type Guide = keyof typeof guideTitles;

/** @param here the page itself, which has no link to itself */
export function renderPage({ basePath }: Site, here: Guide | null, contents: Html, body: Html): string {
  const link = (path: string, title: string, isHere: boolean) =>
    isHere
      ? html`<a href="${basePath}${path}" aria-current="page">${title}</a>`
      : html`<a href="${basePath}${path}">${title}</a>`;
  const title = here === null ? 'API reference' : guideTitles[here];
  const guides = Object.entries(guideTitles).map(([name, text]) =>
    link(`/docs/${name}`, text, name === here),
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Ringback</title>
<link rel="icon" href="${basePath}/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${basePath}/docs/docs.css">
</head>
<body>
<header><a class="app" href="${basePath}/">← Ringback</a>
<nav aria-label="Documentation">${link('/docs', 'API reference', here === null)}${guides}</nav></header>
<div class="columns"><nav class="contents" aria-label="On this page" tabindex="0">${contents}</nav>
<main>${body}</main></div>
</body>
</html>
`.text;
}
