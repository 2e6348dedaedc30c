// HTML by template: whatever is put in is escaped, unless it is HTML already.

export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | bigint | null | Html | readonly Part[];

export const html = (strings: TemplateStringsArray, ...parts: Part[]): Html =>
  new Html(strings.reduce((sofar, text, i) => sofar + textOf(parts[i - 1]) + text));

function textOf(part: Part | undefined): string {
  if (part === null || part === undefined) return '';
  if (part instanceof Html) return part.text;
  return Array.isArray(part) ? part.map(textOf).join('') : escaped(String(part));
}

/** A table that scrolls by itself where the page is too narrow for it, also by keyboard. */
export const table = (label: string, heads: readonly string[], rows: readonly Html[]): Html =>
  html`<div class="wide" tabindex="0" role="region" aria-label="${label}"><table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>`;

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Words of a comment: what stands between backticks is code. */
export const words = (text: string): Html =>
  new Html(escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>'));

const TOKEN =
  /(\/\*[\s\S]*?\*\/|\/\/[^\n]*)|('(?:[^'\\\n]|\\.)*'|`[^`]*`)|\b(const|function|return|if|for|of|while|do|new|null|true|false|type|interface|readonly|export|class|throw|import|let|else|break|continue)\b|\b(\d+n?)\b|\b([A-Za-z_]\w*)\b/g;

/** Source as HTML: comments, strings and keywords marked, and every name that has a place on the page is a link to it. */
export function code(source: string, placeOf: (name: string) => string | undefined): Html {
  let out = '';
  let at = 0;
  for (const match of source.matchAll(TOKEN)) {
    const [token, comment, string, keyword, number, name] = match;
    out += escaped(source.slice(at, match.index));
    at = match.index + token.length;
    const text = escaped(token);
    const place = name === undefined || source[match.index - 1] === '.' ? undefined : placeOf(name);
    if (comment) out += `<i>${text}</i>`;
    else if (string || number) out += `<u>${text}</u>`;
    else if (keyword) out += `<b>${text}</b>`;
    else out += place ? `<a href="#${place}">${text}</a>` : text;
  }
  return new Html(`<pre class="code"><code>${out}${escaped(source.slice(at))}</code></pre>`);
}

/** 1,234,567. */
export const many = (n: number): string => Math.round(n).toLocaleString('en');
