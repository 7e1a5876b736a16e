/** Words for what is in a syntax tree. */
import type {
  AnyNode,
  ArrowFunctionExpression,
  FunctionDeclaration,
  FunctionExpression,
} from 'acorn';

export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

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
