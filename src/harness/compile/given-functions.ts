/** What a call is given to be called. */
import type { AnyNode } from 'acorn';
import type { CallSite } from './call-targets.js';

/** Functions given to what calls them and cannot wait, each with whom it is given to. */
export function callbacks({ node, target }: CallSite): (readonly [AnyNode, string])[] {
  const [, second] = node.arguments;
  if (target.is === 'cannot-wait') {
    const callback = node.arguments[target.callbackAt];
    return callback === undefined ? [] : [[callback, target.name]];
  }
  const isGiven = target.is === 'api' && target.kind === 'callback' && second !== undefined;
  return isGiven ? [[second, target.name]] : [];
}

/** Of `check(value, { name: predicate })`, where they are written out. */
export function predicates({ arguments: [, second] }: CallSite['node']): readonly AnyNode[] {
  if (second?.type !== 'ObjectExpression') return [];
  return second.properties.flatMap((property) =>
    property.type === 'Property' ? [property.value] : [],
  );
}
