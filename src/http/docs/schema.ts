import type { JsonSchema } from '../server/description/json-schema.ts';
import { type Html, html } from './html.ts';
import { renderLine, scrolled } from './markdown.ts';

/** In a few words, with links to named schemas. */
export function describeType(schema: JsonSchema): Html {
  const { $ref, type, format, enum: values, const: constant, anyOf, oneOf, allOf, items } = schema;
  if ($ref !== undefined) {
    const name = $ref.slice($ref.lastIndexOf('/') + 1);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (constant !== undefined) return html`<code>${JSON.stringify(constant)}</code>`;
  if (values !== undefined) return joined(values.map((value) => html`<code>${String(value)}</code>`));
  const parts = anyOf ?? oneOf ?? allOf;
  if (parts !== undefined && schema.properties === undefined) return joined(parts.map(describeType));
  if (items !== undefined) return html`list of ${describeType(items)}`;
  const { properties, additionalProperties } = schema;
  if (properties === undefined && typeof additionalProperties === 'object')
    return html`object of ${describeType(additionalProperties)}`;
  const name = [type ?? 'any value'].flat().join(' or ');
  return html`${format === undefined ? name : `${name}, ${format}`}`;
}

function joined(parts: Html[]): Html {
  return html`${parts.map((part, at) => (at === 0 ? part : html` or ${part}`))}`;
}

export function renderSchema(schema: JsonSchema): Html {
  const { description, properties, required = [] } = schema;
  const says = description === undefined ? null : html`<p>${renderLine(description)}</p>`;
  if (properties === undefined) return html`${says}<p>${describeType(schema)}</p>`;
  const rows = Object.entries(properties).map(
    ([
      name,
      part,
    ]) => html`<tr><td><code>${name}</code>${required.includes(name) ? html` <em>required</em>` : null}</td>
<td>${describeType(part)}</td><td>${renderLine(part.description ?? '')}</td></tr>`,
  );
  const names = ['Member', 'Type', 'Meaning'];
  return html`${says}${scrolled(
    html`<thead><tr>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody>`,
  )}`;
}
