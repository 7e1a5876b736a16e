/**
 * A product from a file of somebody's own: whatever it holds becomes a definition, or one line that says where it is none. What the
 * definition means is for check-product.ts to judge.
 */
import type {
  DetailWidths,
  ProductAccount,
  ProductCode,
  ProductDefinition,
  ProductLeg,
  ProductOperation,
} from './product.js';

export class ProductFormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProductFormatError';
  }
}

/** Throws ProductFormatError. */
export function readProduct(content: unknown): ProductDefinition {
  const product = new Fields(content, 'the product');
  const read: Writable<ProductDefinition> = {
    name: product.text('name'),
    title: product.text('title'),
    operations:
      product.map('operations', ({ value, at }) => operationOf(new Fields(value, at))) ??
      product.refuse('operations', 'an object of operations by name'),
  };
  const rates = product.map('rates', (rate) => numberAt(rate.value, rate.at));
  const accounts = product.map('accounts', ({ value, at }) => accountOf(new Fields(value, at)));
  const laws = product.map('laws', ({ value, at }) => textAt(value, at));
  if (rates !== undefined) read.rates = rates;
  if (accounts !== undefined) read.accounts = accounts;
  if (laws !== undefined) read.laws = laws;
  product.end();
  return read;
}

function accountOf(fields: Fields): ProductAccount {
  const of = fields.text('of');
  const account: Writable<ProductAccount> = {
    class: fields.number('class'),
    of:
      of === 'user' || of === 'merchant' || of === 'shard'
        ? of
        : fields.refuse('of', 'user, merchant or shard'),
  };
  const asset = fields.optional('asset', textAt);
  if (asset !== undefined) account.asset = asset;
  const opening = fields.optional('opening', numberOrNameAt);
  if (opening !== undefined) account.opening = opening;
  for (const flag of ['mustNotOverdraw', 'mustNotPassOpening'] as const) {
    const isSet = fields.optional(flag, flagAt);
    if (isSet !== undefined) account[flag] = isSet;
  }
  fields.end();
  return account;
}

function operationOf(fields: Fields): ProductOperation {
  const home = fields.text('home');
  const operation: Writable<ProductOperation> = {
    number: fields.number('number'),
    noun: fields.text('noun'),
    home: home === 'payer' || home === 'payee' ? home : fields.refuse('home', 'payer or payee'),
    legs: fields.list('legs').map(({ value, at }) => legOf(new Fields(value, at))),
  };
  const counterparty = fields.optional('counterparty', counterpartyAt);
  const refersTo = fields.optional('refersTo', textsAt);
  const goesOn = fields.optional('goesOn', goesOnAt);
  const judgedByRisk = fields.optional('judgedByRisk', flagAt);
  const details = fields.optional('details', detailsAt);
  const where = fields.optional('where', textAt);
  const amountIs = fields.optional('amountIs', textAt);
  const oncePer = fields.optional('oncePer', oncePerAt);
  const awaits = fields.optional('awaits', flagAt);
  const afterS = fields.optional('afterS', numberAt);
  const code = fields.optional('code', (value, at) => codeOf(new Fields(value, at)));
  const minAmount = fields.optional('minAmount', numberOrNameAt);
  const amounts = fields.map('amounts', ({ value, at }) => textAt(value, at));
  if (counterparty !== undefined) operation.counterparty = counterparty;
  if (refersTo !== undefined) operation.refersTo = refersTo;
  if (goesOn !== undefined) operation.goesOn = goesOn;
  if (judgedByRisk !== undefined) operation.judgedByRisk = judgedByRisk;
  if (details !== undefined) operation.details = details;
  if (where !== undefined) operation.where = where;
  if (amountIs !== undefined) operation.amountIs = amountIs;
  if (oncePer !== undefined) operation.oncePer = oncePer;
  if (code !== undefined) operation.code = code;
  if (awaits !== undefined) operation.awaits = awaits;
  if (afterS !== undefined) operation.afterS = afterS;
  if (minAmount !== undefined) operation.minAmount = minAmount;
  if (amounts !== undefined) operation.amounts = amounts;
  fields.end();
  return operation;
}

function codeOf(fields: Fields): ProductCode {
  const code: Writable<ProductCode> = {
    stepS: fields.number('stepS'),
    windowS: fields.number('windowS'),
    secret: fields.text('secret'),
  };
  for (const name of ['lateS', 'followsS', 'shownS'] as const) {
    const seconds = fields.optional(name, numberAt);
    if (seconds !== undefined) code[name] = seconds;
  }
  fields.end();
  return code;
}

function legOf(fields: Fields): ProductLeg {
  const leg = { account: fields.text('account'), amount: fields.text('amount') };
  fields.end();
  return leg;
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

interface Place {
  readonly value: unknown;
  /** In words: `operations.pay.legs[0]`. */
  readonly at: string;
}

/** An object whose every field is asked for. */
class Fields {
  readonly #at: string;
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #asked = new Set<string>();

  constructor(value: unknown, at: string) {
    this.#at = at;
    this.#values = new Map(entriesAt(value, at));
  }

  text(name: string): string {
    return textAt(this.#take(name), this.#place(name));
  }

  number(name: string): number {
    return numberAt(this.#take(name), this.#place(name));
  }

  optional<Value>(name: string, read: (value: unknown, at: string) => Value): Value | undefined {
    const value = this.#take(name);
    return value === undefined ? undefined : read(value, this.#place(name));
  }

  list(name: string): readonly Place[] {
    return listAt(this.#take(name), this.#place(name));
  }

  /** Undefined where there is none. */
  map<Value>(name: string, read: (place: Place) => Value): Record<string, Value> | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    const at = this.#place(name);
    return Object.fromEntries(
      entriesAt(value, at).map(([key, one]) => [key, read({ value: one, at: `${at}.${key}` })]),
    );
  }

  refuse(name: string, wanted: string): never {
    throw new ProductFormatError(`${this.#place(name)} must be ${wanted}`);
  }

  /** Throws where there is a field that nobody asked for. */
  end(): void {
    const unknown = [...this.#values.keys()].find((name) => !this.#asked.has(name));
    if (unknown === undefined) return;
    const known = [...this.#asked].join(', ');
    throw new ProductFormatError(`${this.#at} has no field ${unknown}; there are ${known}`);
  }

  #take(name: string): unknown {
    this.#asked.add(name);
    return this.#values.get(name);
  }

  #place(name: string): string {
    return this.#at === 'the product' ? name : `${this.#at}.${name}`;
  }
}

function entriesAt(value: unknown, at: string): readonly [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.entries(value);
  throw new ProductFormatError(`${at} must be an object`);
}

function textAt(value: unknown, at: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new ProductFormatError(`${at} must be a text`);
}

function numberAt(value: unknown, at: string): number {
  if (typeof value === 'number') return value;
  throw new ProductFormatError(`${at} must be a number`);
}

function flagAt(value: unknown, at: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new ProductFormatError(`${at} must be true or false`);
}

function numberOrNameAt(value: unknown, at: string): number | string {
  return typeof value === 'number' ? value : textAt(value, at);
}

function oncePerAt(value: unknown, at: string): 'counterparty' {
  if (value === 'counterparty') return value;
  throw new ProductFormatError(`${at} must be counterparty`);
}

function detailsAt(value: unknown, at: string): DetailWidths | 'same' {
  if (value === 'same') return value;
  return Object.fromEntries(
    entriesAt(value, at).map(([name, bits]) => [name, numberAt(bits, `${at}.${name}`)]),
  );
}

function goesOnAt(value: unknown, at: string): 'part' | 'whole' {
  if (value === 'part' || value === 'whole') return value;
  throw new ProductFormatError(`${at} must be part or whole`);
}

function counterpartyAt(value: unknown, at: string): 'merchant' | 'user' | 'merchant-or-user' {
  if (value === 'merchant' || value === 'user' || value === 'merchant-or-user') return value;
  throw new ProductFormatError(`${at} must be merchant, user or merchant-or-user`);
}

function textsAt(value: unknown, at: string): readonly string[] {
  return listAt(value, at).map((one) => textAt(one.value, one.at));
}

function listAt(value: unknown, at: string): readonly Place[] {
  if (!Array.isArray(value)) throw new ProductFormatError(`${at} must be a list`);
  return value.map((one: unknown, index) => ({ value: one, at: `${at}[${index}]` }));
}
