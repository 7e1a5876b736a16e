/** What was rewritten in a script, and why, in words: a line a function and a call, in the order of the text. */
import type { AnyNode } from 'acorn';
import { calledName } from './call-targets.js';
import type { CallEdit, Colouring } from './colour.js';
import type { Routines } from './routines.js';
import { isFunctionNode } from './syntax.js';

export interface Rewrite {
  /** In the bundle: the line from 1, the column from 0. */
  readonly line: number;
  readonly column: number;
  readonly what: string;
}

export function rewritesOf(
  { becomeAsync, edits }: Colouring,
  routines: Routines['functions'],
): readonly Rewrite[] {
  const functions = becomeAsync.map(({ node, ancestors, because }) => {
    const name = nameOf(node, ancestors.at(-2));
    const how = routines.has(node) ? 'is resumed by its VU' : 'becomes async';
    const why = because === undefined ? '' : `: it waits for ${calledName(because)}()`;
    return at(node, `${name} ${how}${why}`);
  });
  const calls = edits.flatMap((edit) => {
    const what = editInWords(edit);
    return what === undefined ? [] : [at(edit.call.node, `${calledName(edit.call)}() ${what}`)];
  });
  return [...functions, ...calls].sort((a, b) => a.line - b.line || a.column - b.column);
}

function editInWords({ wait, loop, floating }: CallEdit): string | undefined {
  if (floating) return 'is waited for when the iteration ends';
  if (loop) return 'becomes a loop: the function it is given waits';
  if (wait === 'await') return 'is awaited';
  if (wait === 'maybe')
    return 'is awaited where it gives a promise: a function that waits may be called there';
  return wait === 'never' ? 'is looked at: nothing can wait here' : undefined;
}

function nameOf(node: AnyNode, outer: AnyNode | undefined): string {
  if (isFunctionNode(node) && node.type !== 'ArrowFunctionExpression' && node.id)
    return node.id.name;
  const named =
    outer?.type === 'VariableDeclarator'
      ? outer.id
      : outer?.type === 'Property' || outer?.type === 'MethodDefinition'
        ? outer.key
        : undefined;
  return named?.type === 'Identifier' ? named.name : 'a function';
}

function at({ loc }: AnyNode, what: string): Rewrite {
  return { line: loc?.start.line ?? 1, column: loc?.start.column ?? 0, what };
}
