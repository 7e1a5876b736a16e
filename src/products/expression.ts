/**
 * Amounts as expressions, in the syntax of JavaScript: whole numbers, names, `+`, `-`, `*` by what is small, `min`, `max`, `abs`, and
 * `floor`, `ceil` or `round` of `x * rate / constant`, which is how a share of an amount is named together with its rounding; comparisons,
 * and `within(x, from, to)` for `from <= x && x < to`, are 1 or 0. `from` is a detail in the operation's id, `of.from` one in the id that it
 * refers to (details.ts). One expression has two forms that know nothing of each other: a function for whoever posts, a text of SQL for
 * whoever judges.
 *
 * Exact for amounts to AMOUNT_MINOR_MAX and rates and divisors to FACTOR_MAX. Throws ExpressionError, in one line.
 */
import { type Expression as Node, type Program, parse } from 'acorn';
import { type Detail, detailOf, detailSql } from './details.js';

/** Of rates, constant factors and divisors. */
export const FACTOR_MAX = 1_000_000;

export class ExpressionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExpressionError';
  }
}

/** Minor units out of the amount of the operation and of the details in its id and in the one that it refers to (`detailWord`). */
export type AmountOf = (amountMinor: number, details: number) => number;

/** What the names of an expression stand for. */
export interface Scope {
  readonly rates: Readonly<Record<string, number>>;
  /** Earlier amounts, by name. */
  readonly amounts: ReadonlyMap<string, Amount>;
  /** By name as expressions have it: `from`, `of.from`. */
  readonly details?: ReadonlyMap<string, Detail>;
  /** What the operation is asked for with is no matter here. */
  readonly withoutAmount?: boolean;
}

export interface Amount {
  readonly of: AmountOf;
  /** Over the columns `amount`, `id_hi` and `reference_hi`. */
  readonly sql: string;
  /** How far from nothing it can be; Infinity where it depends on the amount of the operation. */
  readonly most: number;
}

/** The operation's own. */
export const AMOUNT: Amount = {
  of: (amountMinor) => amountMinor,
  sql: 'amount',
  most: Number.POSITIVE_INFINITY,
};

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
      case 'MemberExpression':
        return this.#detail(node);
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
    if (factor !== undefined) return { of: () => factor, sql: `${factor}`, most: Math.abs(factor) };
    if (node.type !== 'Identifier') return this.#refuse(node, 'is no whole number');
    if (node.name === 'amount' && this.#scope.withoutAmount !== true) return AMOUNT;
    const named = this.#scope.amounts.get(node.name);
    return named ?? this.#detail(node);
  }

  #detail(node: Node): Amount {
    const { amounts, details = new Map(), rates, withoutAmount = false } = this.#scope;
    const detail = details.get(this.#text.slice(node.start, node.end));
    if (detail !== undefined)
      return {
        of: (_, word) => detailOf(detail, word),
        sql: detailSql(detail),
        most: 2 ** detail.bits - 1,
      };
    const known = [...amounts.keys(), ...Object.keys(rates), ...details.keys()];
    const kinds = details.size > 0 ? 'no amount, no rate and no detail' : 'no amount and no rate';
    const there = [...(withoutAmount ? [] : ['amount']), ...known].join(', ');
    return this.#refuse(node, `is ${kinds}; there are ${there}`);
  }

  #binary(node: Binary): Amount {
    const { operator } = node;
    if (node.left.type === 'PrivateIdentifier') return this.#refuse(node, 'is not understood');
    if (operator === '*') return this.#product(node);
    if (operator === '/')
      return this.#refuse(node, 'needs a rounding: floor(...), ceil(...) or round(...)');
    const isSum = operator === '+' || operator === '-';
    if (!isSum && !isComparison(operator))
      return this.#refuse(node, `has "${operator}", which is not understood`);
    const left = this.amount(node.left);
    const right = this.amount(node.right);
    return isSum ? sumOf(left, operator, right) : comparisonOf(left, operator, right);
  }

  #call(node: Call): Amount {
    const name = node.callee.type === 'Identifier' ? node.callee.name : '';
    const given = node.arguments.flatMap((one) => (one.type === 'SpreadElement' ? [] : [one]));
    const [first, second, third, more] = given;
    if (name === 'min' || name === 'max') {
      if (given.length < 2) return this.#refuse(node, `needs two amounts`);
      return extremeOf(
        name,
        given.map((one) => this.amount(one)),
      );
    }
    if (name === 'within') {
      if (!first || !second || !third || more) return this.#refuse(node, 'needs three amounts');
      return withinOf(this.amount(first), this.amount(second), this.amount(third));
    }
    if (first && !second && name === 'abs') return absOf(this.amount(first));
    if (first && !second && (name === 'floor' || name === 'ceil' || name === 'round'))
      return this.#share(name, first);
    return this.#refuse(
      node,
      'is no function here; there are floor, ceil, round, min, max, abs and within',
    );
  }

  #share(rounding: Rounding, node: Node): Amount {
    if (node.type !== 'BinaryExpression' || node.operator !== '/')
      return this.#refuse(node, 'has nothing to round: write amount * rate / constant');
    const divisor = this.#factor(node.right) ?? 0;
    if (divisor < 1) return this.#refuse(node.right, 'must be a whole number from 1');
    const { left } = node;
    const isProduct = left.type === 'BinaryExpression' && left.operator === '*';
    const { amount, factor } = isProduct
      ? this.#scaled(left)
      : { amount: this.amount(left as Node), factor: 1 };
    return {
      of: (a, d) => shareOf(amount.of(a, d), { factor, divisor, rounding }),
      sql: shareSql(amount.sql, { factor, divisor, rounding }),
      most: Math.ceil((amount.most * Math.abs(factor)) / divisor),
    };
  }

  #product(node: Binary): Amount {
    const { left, right } = node;
    if (left.type === 'PrivateIdentifier') return this.#refuse(node, 'is not understood');
    const one = this.amount(left);
    const other = this.amount(right);
    if (Math.min(one.most, other.most) > FACTOR_MAX)
      return this.#refuse(
        node,
        'multiplies two amounts: one of them must be a rate, a number or made of details',
      );
    return {
      of: (a, d) => one.of(a, d) * other.of(a, d),
      sql: `(${one.sql} * ${other.sql})`,
      most: one.most * other.most || 0,
    };
  }

  /** An amount times a constant, in either order. */
  #scaled(node: Binary): { readonly amount: Amount; readonly factor: number } {
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

type Binary = Extract<Node, { type: 'BinaryExpression' }>;
type Call = Extract<Node, { type: 'CallExpression' }>;

/** As JavaScript has them, and as SQL does. */
const COMPARISONS = {
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '===': '=',
  '!==': '<>',
} as const;

type Comparison = keyof typeof COMPARISONS;

function isComparison(operator: string): operator is Comparison {
  return Object.hasOwn(COMPARISONS, operator);
}

function comparisonOf({ of, sql }: Amount, operator: Comparison, right: Amount): Amount {
  return {
    of: (a, d) => (compares(of(a, d), operator, right.of(a, d)) ? 1 : 0),
    sql: `(case when ${sql} ${COMPARISONS[operator]} ${right.sql} then 1 else 0 end)`,
    most: 1,
  };
}

function compares(left: number, operator: Comparison, right: number): boolean {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '===':
      return left === right;
    default:
      return left !== right;
  }
}

function withinOf(one: Amount, from: Amount, to: Amount): Amount {
  return {
    of: (a, d) => (from.of(a, d) <= one.of(a, d) && one.of(a, d) < to.of(a, d) ? 1 : 0),
    sql: `(case when ${one.sql} >= ${from.sql} and ${one.sql} < ${to.sql} then 1 else 0 end)`,
    most: 1,
  };
}

function sumOf(left: Amount, operator: '+' | '-', right: Amount): Amount {
  return {
    of:
      operator === '+'
        ? (a, d) => left.of(a, d) + right.of(a, d)
        : (a, d) => left.of(a, d) - right.of(a, d),
    sql: `(${left.sql} ${operator} ${right.sql})`,
    most: left.most + right.most,
  };
}

function extremeOf(name: 'min' | 'max', amounts: readonly Amount[]): Amount {
  return {
    of: (a, d) => Math[name](...amounts.map((one) => one.of(a, d))),
    sql: `${name === 'min' ? 'least' : 'greatest'}(${amounts.map(({ sql }) => sql).join(', ')})`,
    most: Math.max(...amounts.map(({ most }) => most)),
  };
}

function absOf({ of, sql, most }: Amount): Amount {
  return { of: (a, d) => Math.abs(of(a, d)), sql: `abs(${sql})`, most };
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
  return { of: (a, d) => -amount.of(a, d), sql: `(-${amount.sql})`, most: amount.most };
}
