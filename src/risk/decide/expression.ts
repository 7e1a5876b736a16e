/**
 * A condition over features, written in the Common Expression Language, becomes a function of the vector. The library parses and checks
 * types; what it accepts is turned into closures once, because its interpreter costs some 230 ns for an expression and these some 40.
 *
 *   'pair_new == 1.0 && amount > 2000.0'  ->  (features) => boolean
 *
 * Features are numbers; what has no place here (strings, lists, calls) is refused by name when it is loaded.
 */
import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { FEATURES, isFeature, PLACE } from '../engine/features.js';

export type Condition = (features: Float64Array) => boolean;
type Quantity = (features: Float64Array) => number;

const environment = new Environment();
for (const name of FEATURES) environment.registerVariable(name, 'double');

/** Throws one line that says what is wrong with `text`. */
export function compileCondition(text: string): Condition {
  const ast = checked(text);
  return condition(ast);
}

function checked(text: string): ASTNode {
  let parsed: ReturnType<Environment['parse']>;
  try {
    parsed = environment.parse(text);
  } catch (error) {
    throw new Error(`'${text}' does not compile: ${firstLine(error)}`, { cause: error });
  }
  const { valid, type, error } = parsed.check();
  if (!valid) throw new Error(`'${text}' does not compile: ${firstLine(error)}`);
  if (type !== 'bool') throw new Error(`'${text}' is of type ${type}: give a condition`);
  return parsed.ast;
}

function condition(node: ASTNode): Condition {
  switch (node.op) {
    case '&&': {
      const [left, right] = node.args.map(condition);
      return (features) => left(features) && right(features);
    }
    case '||': {
      const [left, right] = node.args.map(condition);
      return (features) => left(features) || right(features);
    }
    case '!_': {
      const inner = condition(node.args);
      return (features) => !inner(features);
    }
    case 'value':
      if (typeof node.args === 'boolean') {
        const { args } = node;
        return () => args;
      }
      return refuse(node);
    default:
      return comparison(node);
  }
}

function comparison(node: ASTNode): Condition {
  switch (node.op) {
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=':
      return compare(node.op, quantity(node.args[0]), quantity(node.args[1]));
    default:
      return refuse(node);
  }
}

function compare(
  operator: '<' | '<=' | '>' | '>=' | '==' | '!=',
  left: Quantity,
  right: Quantity,
): Condition {
  switch (operator) {
    case '<':
      return (features) => left(features) < right(features);
    case '<=':
      return (features) => left(features) <= right(features);
    case '>':
      return (features) => left(features) > right(features);
    case '>=':
      return (features) => left(features) >= right(features);
    case '==':
      return (features) => left(features) === right(features);
    default:
      return (features) => left(features) !== right(features);
  }
}

function quantity(node: ASTNode): Quantity {
  switch (node.op) {
    case 'id': {
      const place = isFeature(node.args) ? PLACE[node.args] : refuse(node);
      return (features) => features[place];
    }
    case 'value': {
      const { args } = node;
      if (typeof args !== 'number' && typeof args !== 'bigint') return refuse(node);
      const value = Number(args);
      return () => value;
    }
    case '-_': {
      const inner = quantity(node.args);
      return (features) => -inner(features);
    }
    case '?:': {
      const [when, then, otherwise] = node.args;
      const [test, one, other] = [condition(when), quantity(then), quantity(otherwise)];
      return (features) => (test(features) ? one(features) : other(features));
    }
    default:
      return arithmetic(node);
  }
}

function arithmetic(node: ASTNode): Quantity {
  switch (node.op) {
    case '+':
    case '-':
    case '*':
    case '/': {
      const [left, right] = node.args.map(quantity);
      if (node.op === '+') return (features) => left(features) + right(features);
      if (node.op === '-') return (features) => left(features) - right(features);
      if (node.op === '*') return (features) => left(features) * right(features);
      return (features) => left(features) / right(features);
    }
    default:
      return refuse(node);
  }
}

function refuse(node: ASTNode): never {
  const { start, end } = node.range;
  const part = node.input.slice(start, end);
  throw new Error(
    `'${part}' in '${node.input}' is neither a comparison nor arithmetic of features`,
  );
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0];
}
