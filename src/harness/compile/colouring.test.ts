/** Ways in which a call that waits is reached: each program does compiled what it does plainly, or is refused with the line. */
import { describe, expect, it } from 'vitest';
import { compiled, plainly } from './testing/both-ways.js';

describe('does compiled what it does plainly', () => {
  it.each([
    ['in the body', `function main() { const a = call(1); return a + call(2); }`],
    [
      'in a group',
      `function main() { return group('a', () => { call(1); return group('b', () => call(2)) + 1; }); }`,
    ],
    [
      'in a group given by name',
      `const body = () => { const r = call(1); say(r); return r; }; function main() { return group('a', body) + 1; }`,
    ],
    [
      'in a group given by a parameter',
      `function timed(name, f) { say(name); const r = group(name, f); say('end'); return r; } function main() { return timed('x', () => call(1)) + timed('y', () => 2); }`,
    ],
    [
      'in a helper that takes a function',
      `function timed(f) { say('begin'); const r = f(); say('end'); return r; } function main() { return timed(() => call(1)) + timed(() => 5); }`,
    ],
    [
      'in a helper in a helper that takes a function',
      `const a = (f) => { const r = f(1); return r; }; const b = (f) => { const r = a((n) => f(n) + 1); return r; }; function main() { return b((n) => call(n)); }`,
    ],
    [
      'in a helper that takes an object of functions',
      `function run({ before, body }) { before(); const r = body(); return r + 1; } function main() { return run({ before: () => call(1), body: () => call(2) }); }`,
    ],
    [
      'in a function that is returned',
      `function make(n) { return () => { const r = call(n); return r + 1; }; } function main() { const f = make(3); return f() + make(4)(); }`,
    ],
    [
      'in a function that is curried',
      `const add = (a) => (b) => { call(a); return a + call(b); }; function main() { const f = add(1); return f(2) + add(3)(4); }`,
    ],
    [
      'in a method taken out of its object',
      `const shop = { visit(n) { const r = call(n); return r + 1; } }; function main() { const visit = shop.visit; const { visit: again } = shop; return visit(1) + again(2); }`,
    ],
    [
      'in a method handed on',
      `const shop = { visit(n) { const r = call(n); return r + 1; } }; const apply = (f, n) => { const r = f(n); return r; }; function main() { return apply(shop.visit, 1); }`,
    ],
    [
      'in a method returned',
      `const shop = { visit(n) { const r = call(n); return r + 1; } }; const pick = () => shop.visit; function main() { return pick()(1) + 1; }`,
    ],
    [
      'in a class and what extends it',
      `class A { constructor(n) { this.n = n; } go(n) { const r = call(n + this.n); return r; } } class B extends A { go(n) { return super.go(n) + call(9); } } function main() { return new B(1).go(2) + 1; }`,
    ],
    [
      'in a static and a private method',
      `class A { static go(n) { const r = call(n); return r; } #in(n) { return call(n) + 1; } out(n) { return this.#in(n) + 1; } } function main() { return A.go(1) + new A().out(2); }`,
    ],
    [
      'in a function kept in a field',
      `class A { go = (n) => { const r = call(n); return r; }; } function main() { const a = new A(); return a.go(1) + 1; }`,
    ],
    [
      'in a function kept in an array',
      `const steps = [(n) => call(n) + 1, (n) => n]; function main() { let s = 0; for (const f of steps) s += f(s); return s + steps[0](7); }`,
    ],
    [
      'in a function kept in a map',
      `const steps = new Map([['a', (n) => call(n) + 1]]); function main() { return steps.get('a')(1) + 1; }`,
    ],
    [
      'in a table by a computed name',
      `const table = { a(n) { return call(n) + 1; }, b: (n) => n }; function main() { let s = 0; for (const k of ['a', 'b']) s += table[k](s + 1); for (const [k, f] of Object.entries(table)) s += f(2); return s; }`,
    ],
    [
      'in a function that was given another value',
      `let f = (n) => n; function swap() { f = (n) => call(n) + 1; } function main() { let s = f(1) + 1; swap(); s += f(2) + 1; return s; }`,
    ],
    [
      'in a bound, called and applied function',
      `function go(a, b) { const r = call(a + b); return r + this.n; } function main() { const o = { n: 1 }; const f = go.bind(o, 1); return f(2) + go.call(o, 3, 4) + go.apply(o, [5, 6]); }`,
    ],
    [
      'in forEach, map, filter, reduce and their kin',
      `function main() { [1, 2].forEach((n) => { call(n); }); const a = [3, 4].map((n) => call(n) + 1); const s = a.reduce((s, n) => s + call(n), 0); return [s, a.filter((n) => call(n) > 4), a.some((n) => call(n) === 4), a.every((n) => call(n) === 4), a.find((n) => call(n) > 4), a.findIndex((n) => call(n) > 4), a.flatMap((n) => [call(n)])]; }`,
    ],
    [
      'in forEach by name, with holes, growing',
      `const each = (n, i, all) => { if (i === 0) all.push(9); call(n); }; function main() { const all = [1, , 3]; all.forEach(each); return all.map((n) => call(n)).length; }`,
    ],
    [
      'in forEach of a map and of a set',
      `function main() { new Map([[1, 2]]).forEach((v, k) => { call(k); call(v); }); const s = new Set([1]); s.forEach((n) => { if (n < 3) s.add(n + 1); call(n); }); return s.size; }`,
    ],
    [
      'in a method of the name of an array method',
      `class Shop { map(f) { const r = f(1); return r + call(2); } filter(n) { return call(n) + 1; } sort(f) { return f(3) + 1; } } function main() { const s = new Shop(); return s.map((n) => call(n)) + s.filter(4) + s.sort((n) => call(n)); }`,
    ],
    [
      'behind ?. at the end',
      `const shop = { go(n) { const r = call(n); return { r }; }, list: [5] }; function main() { const none = undefined; none?.go(call(1)); none?.forEach((n) => call(n)); shop.list?.forEach((n) => { call(n); }); return shop?.go(2)?.r + (shop.gone?.(3) ?? 4); }`,
    ],
    [
      'in an operator that may not look at it',
      `function main() { const f = (n) => { const r = call(n); return r; }; let a = f(0) || f(1); a &&= f(2); let b; b ??= f(3); return a + b + (f(0) ? f(4) : f(5)) + (f(6), f(7)); }`,
    ],
    [
      'in order, whatever else changes',
      `let n = 1; const up = () => { n++; const r = call(n); return r; }; function main() { const o = { n: 10 }; const s = n + up() + n; o.n += up(); return [s, o.n, n, [n, up(), n], \`\${n} \${up()} \${n}\`]; }`,
    ],
    [
      'in try, catch and finally',
      `const f = (n) => { call(n); if (n === 2) throw new Error('two'); return n; }; function g() { try { return f(2); } catch (e) { call(8); return f(3); } finally { call(9); } } function main() { const a = g(); for (const n of [1, 2]) try { f(n); continue; } catch { break; } finally { call(n + 10); } return a; }`,
    ],
    [
      'in loops with labels',
      `function main() { let s = 0; out: for (let i = 0; i < 3; i++) { for (const j of [1, 2, 3]) { if (call(i * j) === 2) continue out; if (call(i + j) > 4) break out; s += j; } } do { s += call(s); } while (call(s) < 20); return s; }`,
    ],
    [
      'in closures over a loop',
      `function main() { const all = []; for (let i = 0; i < 3; i++) { call(i); all.push(() => call(i) + 1); } let s = 0; for (const f of all) s += f(); return s; }`,
    ],
    [
      'in a switch',
      `function main() { switch (call(2)) { case call(1): return 'one'; case call(2): say('two'); default: return call(3); } }`,
    ],
    [
      'in what is taken apart',
      `const f = (n) => { const r = call(n); return { r, list: [r, r + 1] }; }; function main() { const { r, list: [a, b = call(5)], gone = call(6) } = f(1); let x; [x = call(7)] = []; ({ x } = { x: call(8) }); return [r, a, b, gone, x]; }`,
    ],
    [
      'in recursion, its own and with another',
      `const even = (n) => (n === 0 ? call(0) === 0 : odd(n - 1)); const odd = (n) => (n === 0 ? false : even(n - 1)); const down = (n) => { if (n > 0) { call(n); down(n - 1); } return n; }; function main() { return [even(4), down(3)]; }`,
    ],
    [
      'in what is called on the spot',
      `function main() { return (() => { const r = call(1); return r + 1; })() + (function () { return call(2) + 1; })(); }`,
    ],
    [
      'in spread arguments and rest parameters',
      `const all = (...fs) => { let s = 0; for (const f of fs) s += f(); return s; }; const first = (f, ...rest) => f() + all(...rest); function main() { return first(...[() => call(1), () => call(2), () => call(3)]); }`,
    ],
    [
      'in `arguments`',
      `function all() { let s = 0; for (let i = 0; i < arguments.length; i++) s += arguments[i](); return s; } function main() { return all(() => call(1), () => call(2)); }`,
    ],
    [
      'in a promise that is awaited',
      `const f = async (n) => { const a = await pay(n); call(a + 1); return a; }; async function main() { const [a, b] = [await f(1), await f(3)]; return a + b; }`,
    ],
    [
      'in the functions of one that is handed on as a property',
      `const hooks = {}; const on = (name, f) => { hooks[name] = f; }; function main() { on('a', (n) => call(n) + 1); return hooks.a(1) + 1; }`,
    ],
    [
      'in an object that was assigned together',
      `const a = { go: (n) => call(n) + 1 }; function main() { const o = Object.assign({}, a); const p = { ...a }; return o.go(1) + p.go(2); }`,
    ],
    [
      'in a class that is made by a function',
      `const make = (f) => class { go(n) { const r = f(n); return r + 1; } }; function main() { const A = make((n) => call(n)); return new A().go(1) + 1; }`,
    ],
  ])('%s', async (_, program) => {
    const expected = await plainly(program);
    expect(expected.end).not.toMatch(/^throws/);
    expect(await compiled(program)).toEqual(expected);
  });
});

describe('is refused with its line, where nothing can wait', () => {
  it.each([
    [
      'a getter',
      `const o = { get a() {\nreturn call(1) + 1; } }; function main() { return o.a; }`,
      /2: call\(\) waits for an answer, which a getter cannot/,
    ],
    [
      'a constructor',
      `class A { constructor() {\ncall(1); } } function main() { return new A(); }`,
      /2: call\(\) waits .* which a constructor cannot/,
    ],
    [
      'a function called with new',
      `function A() {\ncall(1); } function main() { return new A(); }`,
      /2: call\(\) waits .* which a constructor cannot/,
    ],
    [
      'a generator',
      `function* g() {\nyield call(1); } function main() { return [...g()]; }`,
      /2: call\(\) .* which a generator cannot/,
    ],
    [
      'a comparator by name',
      `const by = (a, b) =>\ncall(a) - b; function main() { return [2, 1].sort(by); }`,
      /2: call\(\) .* which a function given to sort\(\) cannot/,
    ],
    [
      "a template's tag",
      `const tag = (parts, n) => { const r = call(n); return parts.join('|') + r; }; function main() {\nreturn tag\`a\${1}b\` + 1; }`,
      /2: the tag of a template waits for an answer/,
    ],
    [
      'toString()',
      `const o = { toString() {\nreturn String(call(1)); } }; function main() { return '' + o; }`,
      /2: call\(\) .* which toString\(\) cannot/,
    ],
    [
      'what the language calls by a symbol',
      `const o = { [Symbol.toPrimitive]() {\nreturn call(1) + 1; } }; function main() { return +o; }`,
      /2: call\(\) .* which what the language calls by a symbol cannot/,
    ],
    [
      'behind ?. in a longer expression',
      `const o = { go: (n) => call(n) + 1 }; function main() { const p = o;\nreturn p?.go(1).list?.map((n) => call(n)); }`,
      /2: map\(\) waits for an answer behind \?\. in a longer expression/,
    ],
  ])('%s', async (_, program, message) => {
    expect((await compiled(program)).refused).toMatch(message);
  });

  it('at run time where it is only known then', async () => {
    const program = `class Client { get(n) { const r = call(n); return r; } }
      class Told { constructor(of) { this.n = of.get(1); } }
      function main() { say(new Told(new Map([[1, 2]])).n); return new Told(new Client()).n; }`;
    expect(await compiled(program)).toMatchObject({
      trace: ['say 2', 'call 1'],
      refused: expect.stringMatching(/^get\(\) waits for an answer where nothing can wait/),
    });
  });
});
