/**
 * Where functions go as values: into properties, where a call by that name may mean them, or out of sight, where
 * any unknown call may. Facts for the colouring.
 */
import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import {
  type CallKindOf,
  functionOfBinding,
  k6FunctionOf,
  type Target,
  waits,
} from './call-targets.js';
import type { ScopedModule } from './scope.js';
import { type FunctionNode, isFunctionNode, type Site } from './syntax.js';

export interface Methods {
  /** Functions that are the value of a property somewhere, by the property's name. */
  readonly functions: ReadonlyMap<string, readonly FunctionNode[]>;
  /** Names of properties that hold a k6 function that waits. */
  readonly k6: ReadonlySet<string>;
}

export function methodsByName(module: ScopedModule, callKindOf: CallKindOf): Methods {
  const methods = new Map<string, FunctionNode[]>();
  const k6 = new Set<string>();
  const add = (key: AnyNode, computed: boolean, value: AnyNode | null | undefined): void => {
    const fn = isFunctionNode(value)
      ? value
      : value?.type === 'Identifier'
        ? functionOfBinding(module.bindingOf(value), module)
        : undefined;
    const name =
      key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : '';
    if (!computed && waits(k6FunctionOf(value, module, callKindOf)?.kind)) k6.add(name);
    if (fn === undefined || computed) return;
    methods.set(name, [...(methods.get(name) ?? []), fn]);
  };
  for (const { node } of module.sites('Property')) add(node.key, node.computed, node.value);
  for (const { node } of module.sites('MethodDefinition'))
    if (node.kind === 'method') add(node.key, node.computed, node.value);
  for (const { node } of module.sites('PropertyDefinition'))
    add(node.key, node.computed, node.value);
  for (const { node } of module.sites('AssignmentExpression'))
    if (node.left.type === 'MemberExpression')
      add(node.left.property, node.left.computed, node.right);
  return { functions: methods, k6 };
}

/** Whether a k6 function that waits gets to where no call of it can be seen. */
export function k6FunctionEscapes(
  module: ScopedModule,
  targets: ReadonlyMap<AnyNode, Target>,
  callKindOf: CallKindOf,
): boolean {
  return module.references.some(({ node, ancestors }) => {
    const outer = ancestors.at(-2);
    const isMember = outer?.type === 'MemberExpression' && outer.object === node;
    const value = isMember ? outer : node;
    if (!waits(k6FunctionOf(value, module, callKindOf)?.kind)) return false;
    const around = isMember ? ancestors.slice(0, -1) : ancestors;
    return valueEscapes(value, around, module, targets, new Set());
  });
}

/** Whether the function's value gets to where no call of it can be seen. */
export function escapes(
  site: Site<FunctionNode>,
  module: ScopedModule,
  targets: ReadonlyMap<AnyNode, Target>,
): boolean {
  const { node, ancestors } = site;
  if (node.type === 'FunctionDeclaration')
    return node.id !== null && bindingEscapes(node.id, module, targets, new Set());
  return valueEscapes(node, ancestors, module, targets, new Set());
}

type Seen = Set<AnyNode>;

function bindingEscapes(
  id: AnyNode,
  module: ScopedModule,
  targets: ReadonlyMap<AnyNode, Target>,
  seen: Seen,
): boolean {
  if (id.type !== 'Identifier' || seen.has(id)) return false;
  seen.add(id);
  const binding = module.bindingOf(id);
  if (binding === undefined || binding.isReassigned) return true;
  return binding.references.some((reference) =>
    valueEscapes(reference.node, reference.ancestors, module, targets, seen),
  );
}

function valueEscapes(
  value: AnyNode,
  ancestors: readonly AnyNode[],
  module: ScopedModule,
  targets: ReadonlyMap<AnyNode, Target>,
  seen: Seen,
): boolean {
  const outer = ancestors.at(-2);
  switch (outer?.type) {
    case 'CallExpression':
    case 'NewExpression':
      return outer.callee !== value && argumentEscapes(outer, value, targets.get(outer));
    case 'VariableDeclarator':
      return bindingEscapes(outer.id, module, targets, seen);
    case 'Property':
    case 'PropertyDefinition':
    case 'MethodDefinition':
      return outer.computed;
    case 'AssignmentExpression':
      return outer.left.type !== 'MemberExpression' || outer.left.computed;
    case 'UnaryExpression':
    case 'BinaryExpression':
    case 'ExpressionStatement':
    case 'ExportDefaultDeclaration':
      return false;
    case 'MemberExpression':
      return false;
    default:
      return true;
  }
}

function argumentEscapes(
  call: CallExpression | NewExpression,
  value: AnyNode,
  target: Target | undefined,
): boolean {
  if (target?.is === 'method') return !['then', 'catch', 'finally'].includes(target.name);
  if (target?.is === 'function') {
    const index = call.arguments.findIndex(({ start }) => start === value.start);
    return target.fn.params[index]?.type !== 'Identifier';
  }
  return target === undefined || target.is === 'unknown' || target.is === 'parameter';
}
