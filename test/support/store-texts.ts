/**
 * The texts of all statements in src/store, with the constants and functions that they are made of put in. What is known
 * only when the program runs stays as `…`.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';

/** Of the syntax tree: only what is read here. */
type Node = { type: string; start: number; end: number } & Record<string, unknown>;
/** What a name means where it is used. */
type Scope = { names: Map<string, Meaning>; outer: Scope | null };
type Meaning = { node: Node; scope: Scope } | { file: string; name: string };
type Branch = 'consequent' | 'alternate';

type Range = { start: number; end: number };
type SourceFile = { source: string; comments: Range[]; program: Node; scope: Scope };

/** A text of the source, from its first to its last character there. */
export type StoreText = Range & { file: string; text: string };

const storeFolder = fileURLToPath(new URL('../../src/store/', import.meta.url));

const unknown = '…';
/** The text of a `Where` that was made elsewhere: it begins with the account. */
export const unknownWhere = '… of an account';
const depthMax = 12;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value;

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(isNode);
}

export class StoreTexts {
  readonly #files = new Map<string, SourceFile>();
  #branch: Branch = 'consequent';

  /** @param files their sources by path below the folder of the store */
  constructor(files: Map<string, string>) {
    for (const [file, source] of files) {
      const { program, comments } = parseSync(file, source);
      const scope = { names: new Map(), outer: null };
      // The type of a program names each kind of node, of which few are read here.
      this.#files.set(file, { source, comments, program: program as unknown as Node, scope });
    }
  }

  static ofStore(): StoreTexts {
    const files = globSync('**/*.ts', { cwd: storeFolder });
    return new StoreTexts(new Map(files.map((file) => [file, readFileSync(storeFolder + file, 'utf8')])));
  }

  /** Every string and template: with each condition in them once as true and once as false. */
  list(): StoreText[] {
    const found: StoreText[] = [];
    for (const branch of ['consequent', 'alternate'] as const) {
      this.#branch = branch;
      for (const [file, { program, scope }] of this.#files) {
        scope.names.clear();
        this.#declare(program, scope, file);
      }
      for (const [file, { program, scope }] of this.#files) this.#walk(program, scope, file, found);
    }
    return found;
  }

  /** Where the sources of all files have a pattern outside of comments: within a text of the list, or not. */
  find(pattern: RegExp): { within: number; outside: string[] } {
    const texts = Map.groupBy(this.list(), ({ file }) => file);
    const isIn = (ranges: Range[], at: number) => ranges.some(({ start, end }) => start <= at && at < end);
    const found = [...this.#files].flatMap(([file, { source, comments }]) =>
      [...source.matchAll(pattern)]
        .filter(({ index }) => !isIn(comments, index))
        .map((match) => ({
          place: `${file}: ${match[0]}`,
          isText: isIn(texts.get(file) ?? [], match.index),
        })),
    );
    const outside = found.filter(({ isText }) => !isText).map(({ place }) => place);
    return { within: found.length - outside.length, outside };
  }

  #walk(node: Node, scope: Scope, file: string, found: StoreText[]): void {
    const isText = node.type === 'TemplateLiteral' || typeof node['value'] === 'string';
    if (isText) {
      const text = this.#textOf(node, scope, 0).replaceAll(/\s+/g, ' ').trim();
      found.push({ file, start: node.start, end: node.end, text });
    }
    const inner = this.#enter(node, scope, file);
    for (const child of childrenOf(node)) this.#walk(child, inner, file, found);
  }

  /** The scope within a node. */
  #enter(node: Node, scope: Scope, file: string): Scope {
    if (node.type !== 'BlockStatement' && !/Function/.test(node.type)) return scope;
    const inner: Scope = { names: new Map(), outer: scope };
    this.#declare(node, inner, file);
    return inner;
  }

  #declare(node: Node, scope: Scope, file: string): void {
    const statements = Array.isArray(node['body']) ? node['body'].filter(isNode) : [];
    for (const statement of statements) {
      const declared = isNode(statement['declaration']) ? statement['declaration'] : statement;
      if (declared.type === 'FunctionDeclaration') this.#name(declared['id'], declared, scope);
      for (const { id, init } of (declared['declarations'] ?? []) as Record<'id' | 'init', unknown>[])
        if (isNode(init)) this.#name(id, init, scope);
      if (statement.type === 'ImportDeclaration') this.#import(statement, scope, file);
    }
  }

  #name(id: unknown, node: Node, scope: Scope): void {
    if (isNode(id) && id.type === 'Identifier') scope.names.set(String(id['name']), { node, scope });
  }

  #import(statement: Node, scope: Scope, file: string): void {
    const from = String((statement['source'] as Node)['value']);
    for (const { local, imported } of statement['specifiers'] as Record<'local' | 'imported', Node>[])
      if (imported !== undefined)
        scope.names.set(String(local['name']), {
          file: join(dirname(file), from),
          name: String(imported['name']),
        });
  }

  #meaningOf(name: string, scope: Scope | null): { node: Node; scope: Scope } | null {
    for (let at = scope; at !== null; at = at.outer) {
      const meaning = at.names.get(name);
      if (meaning === undefined) continue;
      if ('node' in meaning) return meaning;
      return this.#meaningOf(meaning.name, this.#files.get(meaning.file)?.scope ?? null);
    }
    return null;
  }

  #textOf(node: Node, scope: Scope, depth: number): string {
    if (depth > depthMax) return unknown;
    const part = (key: string) => this.#textOf(node[key] as Node, scope, depth + 1);
    switch (node.type) {
      case 'Literal':
        return String(node['value']);
      case 'TemplateLiteral': {
        const expressions = node['expressions'] as Node[];
        return (node['quasis'] as { value: { cooked: string } }[])
          .map(({ value }, at) => {
            const expression = expressions[at];
            return value.cooked + (expression ? this.#textOf(expression, scope, depth + 1) : '');
          })
          .join('');
      }
      case 'BinaryExpression':
        return part('left') + part('right');
      case 'ConditionalExpression':
        return part(this.#branch);
      case 'TSAsExpression':
        return part('expression');
      case 'Identifier': {
        const meaning = this.#meaningOf(String(node['name']), scope);
        if (meaning === null && node['name'] === 'text') return unknownWhere; // of `({ text }: Where) =>`
        return meaning === null ? unknown : this.#textOf(meaning.node, meaning.scope, depth + 1);
      }
      case 'MemberExpression':
        return this.#conditionOf(node, scope) ?? unknown;
      case 'CallExpression':
        return this.#returnedBy(node, scope, depth) ?? unknown;
      default:
        return unknown;
    }
  }

  /** `where.text` of a `new Where(column, value)` begins with that column and the first parameter. */
  #conditionOf(node: Node, scope: Scope): string | null {
    const [object, property] = [node['object'] as Node, node['property'] as Node];
    if (object.type !== 'Identifier' || property['name'] !== 'text') return null;
    const made = this.#meaningOf(String(object['name']), scope);
    if (made?.node.type !== 'NewExpression') return unknownWhere;
    const [column] = made.node['arguments'] as Node[];
    return column === undefined ? null : `${this.#textOf(column, made.scope, 0)} = $1 and ${unknown}`;
  }

  /** What a function of the store returns for these arguments. */
  #returnedBy(node: Node, scope: Scope, depth: number): string | null {
    const callee = node['callee'] as Node;
    if (callee.type !== 'Identifier') return null;
    const called = this.#meaningOf(String(callee['name']), scope);
    if (called === null || !/Function/.test(called.node.type)) return null;
    const inner: Scope = { names: new Map(), outer: called.scope };
    const given = node['arguments'] as Node[];
    for (const [at, parameter] of (called.node['params'] as Node[]).entries()) {
      const value =
        given[at] ?? (parameter.type === 'AssignmentPattern' ? (parameter['right'] as Node) : undefined);
      const id = parameter.type === 'AssignmentPattern' ? parameter['left'] : parameter;
      if (value !== undefined && isNode(id) && id.type === 'Identifier')
        inner.names.set(String(id['name']), { node: value, scope });
    }
    const body = called.node['body'] as Node;
    if (body.type !== 'BlockStatement') return this.#textOf(body, inner, depth + 1);
    this.#declare(body, inner, '');
    const last = (body['body'] as Node[]).findLast(({ type }) => type === 'ReturnStatement');
    return isNode(last?.['argument']) ? this.#textOf(last['argument'], inner, depth + 1) : null;
  }
}
