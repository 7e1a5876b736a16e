/** Words for what is in a syntax tree. */
import type {
  AnyNode,
  ArrowFunctionExpression,
  FunctionDeclaration,
  FunctionExpression,
} from 'acorn';

export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

export type ClassNode = Extract<AnyNode, { readonly type: `Class${'Declaration' | 'Expression'}` }>;

/** A node and all nodes around it, outermost first, itself last. */
export interface Site<Node extends AnyNode = AnyNode> {
  readonly node: Node;
  readonly ancestors: readonly AnyNode[];
}

export function isFunctionNode(node: AnyNode | null | undefined): node is FunctionNode {
  return (
    node?.type === 'FunctionDeclaration' ||
    node?.type === 'FunctionExpression' ||
    node?.type === 'ArrowFunctionExpression'
  );
}

export function isClassNode(node: AnyNode | null | undefined): node is ClassNode {
  return node?.type === 'ClassDeclaration' || node?.type === 'ClassExpression';
}

/** Name of a property; undefined for an index and where it is only known when it runs. */
export function keyName(key: AnyNode, computed: boolean): string | undefined {
  if (key.type === 'Literal') return typeof key.value === 'string' ? key.value : undefined;
  if (key.type === 'PrivateIdentifier') return `#${key.name}`;
  return key.type === 'Identifier' && !computed ? key.name : undefined;
}
