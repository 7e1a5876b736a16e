/**
 * Random programs for testing/both-ways.ts, each grown from a seed: functions that take and give functions, classes, tables, getters,
 * generators, loops with labels, try and finally, destructuring, recursion, promises, with calls that wait wherever an expression may
 * stand. Numbers are all the data there is; every loop is short and every function burns fuel, so that each program ends.
 */
import { Random } from '../../entropy/random.js';

const FUNCTIONS = 4;

/** Where an expression stands. */
interface Place {
  /** How deep it may still nest. */
  readonly depth: number;
  /** Named functions that may be called: those below this number. */
  readonly level: number;
  /** Directly in a function that is written as async. */
  readonly isAsync: boolean;
  /** In a loop with this label. */
  readonly label: string | undefined;
}

export function grownProgram(seed: number): string {
  return new Grower(seed).program();
}

class Grower {
  readonly #random: Random;
  #names = 0;
  /** It has async functions. In those a promise is the script's own affair, so nobody else makes one. */
  readonly #isAsync: boolean;
  /** Members call no members, so that they do not call each other for ever. */
  #inMember = false;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#isAsync = this.#choose(3) === 0;
  }

  program(): string {
    const functions = Array.from({ length: FUNCTIONS }, (_, level) => this.#named(level));
    this.#inMember = true;
    const members = this.#members();
    this.#inMember = false;
    const isAsync = this.#isAsync;
    const top: Place = { depth: 3, level: FUNCTIONS, isAsync, label: undefined };
    return `let fuel = 400; const burn = () => { if (--fuel < 0) throw new Error('no fuel'); };
${functions.join('\n')}
${members}
${isAsync ? 'async ' : ''}function main() { const x = 1; ${this.#block(top)} return ${this.#number(top)}; }`;
  }

  #members(): string {
    const place: Place = { depth: 2, level: FUNCTIONS, isAsync: false, label: undefined };
    const body = (): string => `{ burn(); ${this.#block(place)} return ${this.#number(place)}; }`;
    const value = (): string => this.#number(place);
    return `function apply(f, x) { burn(); const r = f(x); return r; }
const twice = (f) => (x) => f(f(x));
const pick = ({ f, rest: [g = f] }) => (burn(), g);
function all(x, ...fs) { let s = x; for (const f of fs) s += f(s); return s; }
function make(n) { return function (x) { burn(); return n + ${value()}; }; }
const shop = { visit(x) ${body()}, look: (x) => ${value()}, ['com' + 'puted'](x) ${body()}, get size() { const x = 2; return ${this.#pure()}; } };
class Crowd {
  static count = 1; #n; keep = (x) => ${value()};
  constructor(n) { this.#n = n; this.n = n; }
  static made(n) { return new this(n); } static still(x) ${body()}
  #hidden(x) { burn(); return this.#n + ${value()}; }
  go(x) { return this.#hidden(x) + this.n; } map(f) { return f(this.n) + ${this.#pure('this.n')}; } get half() { return this.n / 2; }
}
class Queue extends Crowd { constructor(n) { super(n + 1); } go(x) { ${this.#block(place)} return super.go(x) + 1; } }
const table = [${this.#function(place)}, ${this.#function(place)}];
const registry = new Map([['a', ${this.#function(place)}], ['b', ${this.#function(place)}]]);
function* numbers(n) { for (let x = 0; x < n; x++) yield ${this.#choose(40) === 0 ? 'call(x)' : this.#pure()}; }
function deep(n, x) { burn(); if (n <= 0) return ${value()}; ${this.#statement({ ...place, depth: 1 })} return deep(n - 1, ${value()}) + n; }
${this.#isAsync ? 'async ' : ''}function later(x) { burn(); ${this.#block({ ...place, isAsync: this.#isAsync })} return ${this.#number({ ...place, isAsync: this.#isAsync })}; }`;
  }

  #named(level: number): string {
    const place: Place = { depth: 3, level, isAsync: false, label: undefined };
    return this.#choose(2) === 0
      ? `function f${level}(x) { burn(); ${this.#block(place)} return ${this.#number(place)}; }`
      : `const f${level} = (x) => ${this.#number(place)};`;
  }

  #block(place: Place): string {
    return Array.from({ length: 1 + this.#choose(3) }, () => this.#statement(place)).join(' ');
  }

  #statement(place: Place): string {
    const { depth, label } = place;
    const inner: Place = { ...place, depth: depth - 1 };
    const number = (): string => this.#number(inner);
    const block = (where = inner): string => `{ ${this.#statement(where)} }`;
    if (depth <= 0) return `${number()};`;
    const name = this.#name();
    const loop = `l${name}`;
    const inLoop: Place = { ...inner, label: loop };
    return this.#oneOf([
      () =>
        `let ${name} = ${number()}; ${name} ${this.#oneOf(['+=', '-=', '||=', '&&=', '??='].map((o) => () => o))} ${number()}; say(${name});`,
      () => `if (${number()} % 2) ${block()} else ${block()}`,
      () =>
        `${loop}: for (const y of [${number()}, ${number()}]) { const x = y; ${this.#statement(inLoop)} }`,
      () => `${loop}: for (let ${name} = 0; ${name} < ${number()} % 3; ${name}++) ${block(inLoop)}`,
      () => `{ let ${name} = 2; ${loop}: while (${name}-- > 0) ${block(inLoop)} }`,
      () =>
        `{ let ${name} = 2; ${loop}: do { if (--${name} < 0) break; ${this.#statement(inLoop)} } while (${number()} % 2); }`,
      () =>
        `for (const k in { a: 1, b: ${number()} }) { const x = k.length; ${this.#statement(inner)} }`,
      () =>
        `try { ${this.#statement(inner)} if (${number()} % 3 === 0) throw ${this.#oneOf([() => "new Error('x')", number, () => `{ n: ${number()} }`])}; } catch (e) ${block()} finally ${block()}`,
      () => `try { ${this.#statement(inner)} } catch { throw ${number()}; }`,
      () =>
        `switch (${number()} % 3) { case 0: ${this.#statement(inner)} case ${number()}: ${this.#statement(inner)} break; default: ${this.#statement(inner)} }`,
      () => `[${number()}, 2].forEach(${this.#function(inner)});`,
      () =>
        `new Map([[1, ${number()}]]).forEach((x, k) => ${block({ ...inner, isAsync: false, label: undefined })});`,
      () =>
        `const { a: ${name}, b: [${name}b = ${number()}, ...${name}c], d: ${name}d = ${number()} } = { a: ${number()}, b: [${this.#oneOf([() => '', number])}] }; say(${name} + ${name}b + ${name}c.length + ${name}d);`,
      () =>
        `let ${name}; [${name} = ${number()}] = [${this.#oneOf([() => 'undefined', number])}]; ({ n: ${name} } = { n: ${number()} }); say(${name});`,
      () =>
        `const ${name} = []; for (let i = 0; i < 2; i++) { const x = i; ${name}.push(${this.#function(inner)}); } for (const f of ${name}) say(f(${number()}));`,
      () =>
        `const ${name} = { n: ${number()} }; ${name}.n += ${number()}; ${name}['n'] -= ${number()}; say(${name}.n);`,
      () =>
        `function ${name}(x) { ${this.#block({ ...inner, isAsync: false, label: undefined })} return ${this.#number({ ...inner, isAsync: false })}; } say(${name}(${number()}));`,
      () =>
        `let ${name} = ${this.#function(inner)}; if (${number()} % 2) ${name} = ${this.#function(inner)}; say(${name}(${number()}));`,
      () => `if (${number()} % 5 === 4) return ${number()};`,
      () =>
        label === undefined
          ? `${number()};`
          : `if (${number()} % 2) ${this.#oneOf([() => 'break', () => 'continue'])} ${label};`,
      () => `${number()};`,
      () => `${number()};`,
    ]);
  }

  /** An expression that gives a function of a number. */
  #function(place: Place): string {
    const { depth, level } = place;
    const inner: Place = { ...place, depth: depth - 1, isAsync: false, label: undefined };
    const simple = [
      () => `(x) => ${this.#number(inner)}`,
      () => `(x) => { ${depth > 0 ? this.#block(inner) : ''} return ${this.#number(inner)}; }`,
      () => `function (x) { burn(); return ${this.#number(inner)}; }`,
      () => this.#oneOf(['call', this.#isAsync ? 'call' : 'pay', 'say'].map((name) => () => name)),
      () => (level === 0 ? '(x) => x' : `f${this.#choose(level)}`),
    ];
    if (depth <= 0 || level < FUNCTIONS || this.#inMember) return this.#oneOf(simple);
    const fn = (): string => `(${this.#function({ ...place, depth: depth - 1 })})`;
    return this.#oneOf([
      ...simple,
      () => 'shop.visit',
      () => 'shop?.look',
      () => `make(${this.#number(inner)})`,
      () => `twice(${fn()})`,
      () => `pick({ f: ${fn()}, rest: [${this.#oneOf([() => '', fn])}] })`,
      () => `(x % 2 ? ${fn()} : ${fn()})`,
      () => `table[${this.#choose(2)}]`,
      () => `registry.get('${this.#oneOf([() => 'a', () => 'b'])}')`,
      () => 'Crowd.still',
      () => `new Crowd(${this.#number(inner)}).keep`,
      () => `${fn()}.bind(null)`,
      () => `Object.values({ a: ${fn()} })[0]`,
      () => `[${fn()}, ${fn()}].find((f) => typeof f === 'function')`,
    ]);
  }

  #number(place: Place): string {
    const { depth, level, isAsync } = place;
    if (depth <= 0) return this.#oneOf([() => 'x', () => `${this.#choose(9)}`]);
    const number = (): string => this.#number({ ...place, depth: depth - 1 });
    const fn = (): string => this.#function({ ...place, depth: depth - 1 });
    const pay = (): string =>
      this.#isAsync
        ? isAsync
          ? `(await pay(${number()}))`
          : `call(${number()})`
        : `pay(${number()})`;
    const choices = [
      () => `call(${number()})`,
      () => `call(${number()})`,
      pay,
      () => `say(${number()})`,
      () => (level === 0 ? number() : `f${this.#choose(level)}(${number()})`),
      () => `(${number()} % 2 ? ${number()} : ${number()})`,
      () => `((${number()} % 2) ${this.#oneOf([() => '&&', () => '||', () => '??'])} ${number()})`,
      () =>
        `(${number()} ${this.#oneOf([() => '+', () => '-', () => '*', () => '<'])} ${number()})`,
      () => `(${number()}, ${number()})`,
      () => `\`\${${number()}} \${${number()}}\`.length`,
      () => `Math.max(${number()}, ...[${number()}, ${number()}])`,
      () => `(() => ${this.#number({ ...place, depth: depth - 1, isAsync: false })})()`,
      () => `(${fn()})(${number()})`,
      () => `(${fn()}).call(null, ${number()})`,
      () => `(${fn()}).apply(null, [${number()}])`,
      () => `group('g', () => ${this.#number({ ...place, depth: depth - 1, isAsync: false })})`,
      () =>
        `[${number()}, ${number()}].map(${fn()}).reduce((a, x) => a + ${this.#number({ ...place, depth: depth - 1, isAsync: false })}, 0)`,
      () => `[${number()}, 3].filter(${fn()}).length`,
      () => `([1, ${number()}].find(${fn()}) ?? 0)`,
      () => `([${number()}].some(${fn()}) ? 1 : ${number()})`,
      () =>
        `[${number()}, 1].sort((a, b) => ${this.#choose(150) === 0 ? 'call(a) - b' : 'a - b'})[0]`,
      () => `({ a: ${number()}, b: [${number()}] }).b[0]`,
      () => `({ get n() { return ${this.#choose(150) === 0 ? `call(${number()})` : '7'}; } }).n`,
    ];
    if (level === FUNCTIONS && !this.#inMember)
      choices.push(
        () => `shop.visit(${number()})`,
        () => `shop?.look(${number()})`,
        () => `shop.computed(${number()})`,
        () => `shop['lo' + 'ok'](${number()})`,
        () => `(shop.none?.(${number()}) ?? shop.size)`,
        () => `new Crowd(${number()}).go(${number()})`,
        () => `Queue.made(${number()}).go(${number()})`,
        () => `new Queue(${number()}).map(${fn()})`,
        () => `new Crowd(${number()}).half`,
        () => `table[${this.#choose(2)}](${number()})`,
        () => `registry.get('a')?.(${number()})`,
        () => `apply(${fn()}, ${number()})`,
        () => `twice(${fn()})(${number()})`,
        () => `all(${number()}, ...[${fn()}, ${fn()}])`,
        () => `[...numbers(${number()} % 3)].length`,
        () => `deep(2, ${number()})`,
        ...(isAsync
          ? [
              () => `(await later(${number()}))`,
              () => `(await Promise.all([later(${number()})]))[0]`,
            ]
          : []),
      );
    return this.#oneOf(choices);
  }

  /** Waits for nothing. */
  #pure(name = 'x'): string {
    return this.#oneOf([() => name, () => `${name} + ${this.#choose(5)}`, () => `say(${name})`]);
  }

  #oneOf(ways: readonly (() => string)[]): string {
    return ways[this.#choose(ways.length)]?.() ?? '';
  }

  #choose(below: number): number {
    return this.#random.int(below);
  }

  #name(): string {
    this.#names++;
    return `v${this.#names}`;
  }
}
