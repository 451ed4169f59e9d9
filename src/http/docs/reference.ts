/** The API description as one page, without a script: the browser's own search finds everything. */
import type { JsonSchema } from '../server/description/json-schema.ts';
import { curlOf } from './curl.ts';
import type { Content, Document, Operation, Parameter } from './document.ts';
import { type Html, html } from './html.ts';
import { codeBlock, renderLine, scrolled } from './markdown.ts';
import { renderPage, type Site } from './page.ts';
import { describeType, renderSchema } from './schema.ts';

type Entry = { method: string; path: string; id: string; operation: Operation };

export function renderReference(document: Document, site: Site): string {
  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method,
      path,
      operation,
      id: operation.operationId ?? `${method}-${path}`,
    })),
  );
  const groups = (document.tags ?? []).map((tag) => ({
    ...tag,
    id: `tag-${tag.name.replaceAll(' ', '-')}`,
    entries: entries.filter(({ operation }) => operation.tags?.includes(tag.name)),
  }));
  const schemas = Object.entries(document.components.schemas);
  const contents = html`<ul>${groups.map(
    ({ id, name, entries: own }) =>
      html`<li><a href="#${id}">${name}</a><ul>${own.map(
        (entry) => html`<li><a href="#${entry.id}">${entry.operation.summary}</a></li>`,
      )}</ul></li>`,
  )}<li><a href="#schemas">Schemas</a></li></ul>`;
  const { info } = document;
  const body = html`<h1>${info.title} API ${info.version}</h1>
<p>${renderLine(info.description ?? '')}</p>
<p>The description that this page shows, to generate clients from: <a href="${site.basePath}/openapi.json">openapi.json</a>. All addresses begin with <code>${site.publicUrl}</code>.</p>
${groups.map(
  ({
    id,
    name,
    description = '',
    entries: own,
  }) => html`<section><h2 id="${id}">${name}</h2><p>${renderLine(description)}</p>
${own.map((entry) => renderOperation(entry, site))}</section>`,
)}
<section><h2 id="schemas">Schemas</h2>
${schemas.map(([name, schema]) => html`<section><h3 id="schema-${name}">${name}</h3>${renderSchema(schema)}</section>`)}</section>`;
  return renderPage(site, null, contents, body);
}

function renderOperation({ method, path, id, operation }: Entry, { publicUrl }: Site): Html {
  const { summary, description, parameters = [], requestBody, responses = {} } = operation;
  return html`<article><h3 id="${id}">${summary}</h3>
<p class="path"><b>${method.toUpperCase()}</b> <code>${path}</code></p>
${description === undefined ? null : html`<p>${renderLine(description)}</p>`}
${codeBlock(curlOf(publicUrl, method, path, operation))}
${parameters.length === 0 ? null : renderParameters(parameters)}
${requestBody === undefined ? null : html`<h4>Body${requestBody.required === true ? '' : ', optional'}</h4>${renderContent(requestBody.content ?? {})}`}
<h4>Responses</h4>
${Object.entries(responses).map(
  ([
    status,
    { description: says = '', content = {} },
  ]) => html`<details><summary><b>${status}</b> ${says}</summary>
${renderContent(content)}</details>`,
)}
${renderHeaders(responses)}</article>`;
}

function renderParameters(parameters: Parameter[]): Html {
  const rows = parameters.map(
    ({ name, in: where, required, description = '', schema = {}, example }) => html`<tr>
<td><code>${name}</code>${required === true ? html` <em>required</em>` : null}</td><td>${where}</td><td>${describeType(schema)}</td>
<td>${renderLine(description)}</td><td>${example === undefined ? null : html`<code>${textOf(example)}</code>`}</td></tr>`,
  );
  const names = ['Parameter', 'In', 'Type', 'Meaning', 'Example'];
  return scrolled(
    html`<thead><tr>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody>`,
  );
}

/** Headers that several responses have are shown once. */
function renderHeaders(responses: NonNullable<Operation['responses']>): Html | null {
  const rows = new Map<string, { statuses: string[]; name: string; description: string; example: string }>();
  for (const [status, { headers = {} }] of Object.entries(responses)) {
    for (const [name, { description = '', example = '' }] of Object.entries(headers)) {
      const shown = { name, description, example: textOf(example) };
      const key = JSON.stringify(shown);
      const row = rows.get(key) ?? { statuses: [], ...shown };
      row.statuses.push(status);
      rows.set(key, row);
    }
  }
  if (rows.size === 0) return null;
  const body = [...rows.values()].map(
    ({ statuses, name, description, example }) =>
      html`<tr><td><code>${name}</code></td><td>${statuses.join(', ')}</td><td>${renderLine(description)}</td><td><code>${example}</code></td></tr>`,
  );
  const names = ['Header', 'With', 'Meaning', 'Example'];
  return scrolled(
    html`<thead><tr>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${body}</tbody>`,
  );
}

/** Types with the same schema and example are shown once. */
function renderContent(content: Content): Html[] {
  const groups = new Map<string, { types: string[]; schema: JsonSchema; example: unknown }>();
  for (const [type, { schema = {}, example }] of Object.entries(content)) {
    const key = JSON.stringify([schema, example]);
    const group = groups.get(key) ?? { types: [], schema, example };
    group.types.push(type);
    groups.set(key, group);
  }
  return [...groups.values()].map(
    ({
      types,
      schema,
      example,
    }) => html`<p>${types.map((type) => html`<code>${type}</code> `)}: ${describeType(schema)}</p>
${example === undefined ? null : codeBlock(typeof example === 'string' ? example : JSON.stringify(example, null, 2))}`,
  );
}

function textOf(example: unknown): string {
  return typeof example === 'string' ? example : JSON.stringify(example);
}
