// The source of model/ and properties/ as text: what each file declares, the comment over it, and the code under it.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from '@babel/parser';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface Declaration {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly name: string;
  readonly isExported: boolean;
  /** The comment over it, without its marks; empty if there is none. */
  readonly doc: string;
  readonly code: string;
}

export interface SourceFile {
  readonly file: string;
  /** What the file says of itself in its first line. */
  readonly purpose: string;
  readonly declarations: readonly Declaration[];
}

export function readSource(file: string): SourceFile {
  const source = readFileSync(join(root, file), 'utf8');
  const { body } = parse(source, { sourceType: 'module', plugins: ['typescript'] }).program;
  const declarations = body.flatMap((node): Declaration[] => {
    const isExported = node.type === 'ExportNamedDeclaration';
    const declared = isExported ? node.declaration : node;
    const named = declared?.type === 'VariableDeclaration' ? declared.declarations[0] : declared;
    if (!named || !('id' in named) || named.id?.type !== 'Identifier') return [];
    const code = source.slice(node.start as number, node.end as number);
    const doc = docOf(node.leadingComments?.at(-1));
    return [{ file, line: node.loc?.start.line as number, name: named.id.name, isExported, doc, code }];
  });
  return { file, purpose: source.split('\n', 1)[0].replace(/^\/\/ /, ''), declarations };
}

/** A doc comment's text. */
function docOf(comment?: { readonly type: string; readonly value: string } | null): string {
  if (comment?.type !== 'CommentBlock') return '';
  return comment.value.replaceAll(/^\s*\*+\s?/gm, '').trim();
}

/** The comments over the fields of an interface, by field: how profiles and states explain their words. */
export function fieldsOf({ code }: Declaration): { name: string; doc: string; type: string }[] {
  const fields = code.matchAll(/(?:\/\*\*([\s\S]*?)\*\/\s*)?readonly (\w+)\??: ([^;]+);/g);
  return [...fields].map(([, doc = '', name, type]) => ({
    name,
    type,
    doc: doc.replaceAll(/\s*\n\s*\*\s?/g, ' ').trim(),
  }));
}
