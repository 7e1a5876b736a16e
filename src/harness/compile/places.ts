/** Places of a program that cannot wait, because the language calls them and takes what they return as it is. */
import type { AnyNode } from 'acorn';
import { type FunctionNode, keyName, type Site } from './syntax.js';

/** What a function is, where it cannot become async: `a getter` ... */
export function cannotWait({ node, ancestors }: Site<FunctionNode>): string | undefined {
  if (node.generator && !node.async) return 'a generator';
  const member = ancestors.at(-2);
  if (member?.type !== 'MethodDefinition' && member?.type !== 'Property') return undefined;
  if (member.value !== node) return undefined;
  if (member.kind === 'constructor') return 'a constructor';
  if (member.kind === 'get') return 'a getter';
  if (member.kind === 'set') return 'a setter';
  const name = keyName(member.key, member.computed);
  if (name !== undefined) return CALLED_BY_LANGUAGE.has(name) ? `${name}()` : undefined;
  return isSymbol(member.key) ? 'what the language calls by a symbol' : undefined;
}

function isSymbol(key: AnyNode): boolean {
  return (
    key.type === 'MemberExpression' &&
    key.object.type === 'Identifier' &&
    key.object.name === 'Symbol'
  );
}

const CALLED_BY_LANGUAGE = new Set(['toString', 'toLocaleString', 'valueOf', 'toJSON']);

/** What somebody can do whose call stands there. */
export function wayOut(place: string): string {
  if (place.startsWith('a function given')) return 'call it before';
  return place === 'init code'
    ? 'move it into an exported function'
    : 'call it from a plain function';
}
