/** Markdown of the guides and of descriptions, which are our own. */
import { Marked } from 'marked';
import { Html, html } from './html.ts';

/** @param resolveLink where a link leads; null: it is shown as text */
export function renderMarkdown(text: string, resolveLink: (href: string) => string | null): Html {
  const ids = new Map<string, number>();
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text: title }) {
        const id = idOf(title);
        const count = ids.get(id) ?? 0;
        ids.set(id, count + 1);
        return `<h${depth} id="${id}${count === 0 ? '' : `-${count}`}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      code: ({ text: code }) => codeBlock(code).text,
      link({ href, tokens }) {
        const content = this.parser.parseInline(tokens);
        const target = resolveLink(href);
        return target === null ? content : html`<a href="${target}">${new Html(content)}</a>`.text;
      },
      table({ header, rows }) {
        const row = (cells: typeof header, tag: 'td' | 'th') =>
          `<tr>${cells.map(({ tokens }) => cell(this.parser.parseInline(tokens), tag)).join('')}</tr>`;
        const head = header.some(({ text: title }) => title !== '')
          ? `<thead>${row(header, 'th')}</thead>`
          : '';
        return scrolled(new Html(`${head}<tbody>${rows.map((cells) => row(cells, 'td')).join('')}</tbody>`))
          .text;
      },
    },
  });
  return new Html(marked.parse(text, { async: false }));
}

/** `code`, *emphasis* and links of one line. */
export function renderLine(text: string): Html {
  return new Html(new Marked().parseInline(text, { async: false }));
}

export function codeBlock(code: string): Html {
  return html`<pre tabindex="0"><code>${code}</code></pre>`;
}

/** A table that scrolls separately where the window is narrow. */
export function scrolled(rows: Html): Html {
  return html`<div class="scroll" tabindex="0"><table>${rows}</table></div>`;
}

/** A header without text is no header. */
function cell(content: string, tag: 'td' | 'th'): string {
  return tag === 'th' && content !== '' ? `<th scope="col">${content}</th>` : `<td>${content}</td>`;
}

/** As GitHub makes them, so that links work there too. */
function idOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}
