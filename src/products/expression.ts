/**
 * Amounts as expressions, in the syntax of JavaScript: whole numbers, names, `+`, `-`, `*` by a constant, `min`, `max`, and
 * `floor`, `ceil` or `round` of `x * rate / constant`, which is how a share of an amount is named together with its rounding. One
 * expression has two forms that know nothing of each other: a function for whoever posts, a text of SQL for whoever judges.
 *
 * Exact for amounts to AMOUNT_MINOR_MAX and rates and divisors to FACTOR_MAX. Throws ExpressionError, in one line.
 */
import { type Expression as Node, type Program, parse } from 'acorn';

/** Of rates, constant factors and divisors. */
export const FACTOR_MAX = 1_000_000;

export class ExpressionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExpressionError';
  }
}

/** Minor units out of the amount of the operation. */
export type AmountOf = (amountMinor: number) => number;

/** What the names of an expression stand for. */
export interface Scope {
  readonly rates: Readonly<Record<string, number>>;
  /** Earlier amounts, by name. */
  readonly amounts: ReadonlyMap<string, Amount>;
}

export interface Amount {
  readonly of: AmountOf;
  /** Over the column `amount`. */
  readonly sql: string;
}

/** The operation's own. */
export const AMOUNT: Amount = { of: (amountMinor) => amountMinor, sql: 'amount' };

export function parseAmount(text: string, scope: Scope): Amount {
  return new Reader(text, scope).amount(expressionOf(text));
}

function expressionOf(text: string): Node {
  let body: Program['body'];
  try {
    ({ body } = parse(text, { ecmaVersion: 2022 }));
  } catch (error) {
    throw new ExpressionError(
      `"${text}" is no expression: ${error instanceof Error ? error.message : error}`,
    );
  }
  const [statement] = body;
  if (body.length === 1 && statement?.type === 'ExpressionStatement') return statement.expression;
  throw new ExpressionError(`"${text}" is no expression`);
}

class Reader {
  readonly #text: string;
  readonly #scope: Scope;

  constructor(text: string, scope: Scope) {
    this.#text = text;
    this.#scope = scope;
  }

  amount(node: Node): Amount {
    switch (node.type) {
      case 'Literal':
      case 'Identifier':
        return this.#leaf(node);
      case 'UnaryExpression':
        if (node.operator === '-') return negated(this.amount(node.argument));
        break;
      case 'BinaryExpression':
        return this.#binary(node);
      case 'CallExpression':
        return this.#call(node);
      default:
        break;
    }
    return this.#refuse(node, 'is not understood');
  }

  #leaf(node: Node): Amount {
    const factor = this.#factor(node);
    if (factor !== undefined) return { of: () => factor, sql: `${factor}` };
    if (node.type !== 'Identifier') return this.#refuse(node, 'is no whole number');
    if (node.name === 'amount') return AMOUNT;
    const named = this.#scope.amounts.get(node.name);
    if (named !== undefined) return named;
    const known = ['amount', ...this.#scope.amounts.keys(), ...Object.keys(this.#scope.rates)];
    return this.#refuse(node, `is no amount and no rate; there are ${known.join(', ')}`);
  }

  #binary(node: Extract<Node, { type: 'BinaryExpression' }>): Amount {
    const { operator } = node;
    if (node.left.type === 'PrivateIdentifier') return this.#refuse(node, 'is not understood');
    if (operator === '+' || operator === '-') {
      const left = this.amount(node.left);
      const right = this.amount(node.right);
      return operator === '+'
        ? { of: (a) => left.of(a) + right.of(a), sql: `(${left.sql} + ${right.sql})` }
        : { of: (a) => left.of(a) - right.of(a), sql: `(${left.sql} - ${right.sql})` };
    }
    if (operator === '*') {
      const { amount, factor } = this.#product(node);
      return { of: (a) => amount.of(a) * factor, sql: `(${amount.sql} * ${factor})` };
    }
    if (operator === '/')
      return this.#refuse(node, 'needs a rounding: floor(...), ceil(...) or round(...)');
    return this.#refuse(node, `has "${operator}", which is not understood`);
  }

  #call(node: Extract<Node, { type: 'CallExpression' }>): Amount {
    const name = node.callee.type === 'Identifier' ? node.callee.name : '';
    const given = node.arguments.flatMap((one) => (one.type === 'SpreadElement' ? [] : [one]));
    if (name === 'min' || name === 'max') {
      if (given.length < 2) return this.#refuse(node, `needs two amounts`);
      const amounts = given.map((one) => this.amount(one));
      const sql = `${name === 'min' ? 'least' : 'greatest'}(${amounts.map((one) => one.sql).join(', ')})`;
      return { of: (a) => Math[name](...amounts.map((one) => one.of(a))), sql };
    }
    const [share, more] = given;
    if ((name === 'floor' || name === 'ceil' || name === 'round') && share && !more)
      return this.#share(name, share);
    return this.#refuse(node, 'is no function here; there are floor, ceil, round, min and max');
  }

  #share(rounding: Rounding, node: Node): Amount {
    if (node.type !== 'BinaryExpression' || node.operator !== '/')
      return this.#refuse(node, 'has nothing to round: write amount * rate / constant');
    const divisor = this.#factor(node.right) ?? 0;
    if (divisor < 1) return this.#refuse(node.right, 'must be a whole number from 1');
    const { left } = node;
    const isProduct = left.type === 'BinaryExpression' && left.operator === '*';
    const { amount, factor } = isProduct
      ? this.#product(left)
      : { amount: this.amount(left as Node), factor: 1 };
    return {
      of: (a) => shareOf(amount.of(a), { factor, divisor, rounding }),
      sql: shareSql(amount.sql, { factor, divisor, rounding }),
    };
  }

  /** An amount times a constant, in either order. */
  #product(node: Extract<Node, { type: 'BinaryExpression' }>): {
    readonly amount: Amount;
    readonly factor: number;
  } {
    const { left, right } = node;
    if (left.type === 'PrivateIdentifier') return this.#refuse(node, 'is not understood');
    const after = this.#factor(right);
    if (after !== undefined) return { amount: this.amount(left), factor: after };
    const before = this.#factor(left);
    if (before !== undefined) return { amount: this.amount(right), factor: before };
    return this.#refuse(node, 'multiplies two amounts: one of them must be a rate or a number');
  }

  /** A whole number or a rate; undefined where it is neither. */
  #factor(node: Node): number | undefined {
    const value =
      node.type === 'Literal'
        ? node.value
        : node.type === 'Identifier' && Object.hasOwn(this.#scope.rates, node.name)
          ? this.#scope.rates[node.name]
          : undefined;
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value) || Math.abs(value) > FACTOR_MAX)
      return this.#refuse(node, `must be a whole number to ${FACTOR_MAX}`);
    return value;
  }

  #refuse(node: Node, why: string): never {
    const part = this.#text.slice(node.start, node.end);
    throw new ExpressionError(
      part === this.#text ? `"${part}" ${why}` : `"${part}" in "${this.#text}" ${why}`,
    );
  }
}

type Rounding = 'floor' | 'ceil' | 'round';

interface Share {
  readonly factor: number;
  readonly divisor: number;
  /** `round`: half up. */
  readonly rounding: Rounding;
}

/** amount * factor / divisor without a product that passes 2^53. */
function shareOf(amountMinor: number, { factor, divisor, rounding }: Share): number {
  const rest = amountMinor % divisor;
  const whole = ((amountMinor - rest) / divisor) * factor;
  const part = (rest * factor) / divisor;
  if (rounding === 'floor') return whole + Math.floor(part);
  return whole + (rounding === 'ceil' ? Math.ceil(part) : Math.floor(part + 0.5));
}

function shareSql(amount: string, { factor, divisor, rounding }: Share): string {
  const product = `(${amount})::hugeint * ${factor}`;
  if (rounding === 'floor') return `(${floorSql(product, divisor)})::bigint`;
  if (rounding === 'ceil') return `(-(${floorSql(`-(${product})`, divisor)}))::bigint`;
  return `(${floorSql(`2 * ${product} + ${divisor}`, 2 * divisor)})::bigint`;
}

/** DuckDB divides towards zero. */
function floorSql(sum: string, divisor: number): string {
  return `(${sum} - ((${sum}) % ${divisor} + ${divisor}) % ${divisor}) // ${divisor}`;
}

function negated(amount: Amount): Amount {
  return { of: (a) => -amount.of(a), sql: `(-${amount.sql})` };
}
