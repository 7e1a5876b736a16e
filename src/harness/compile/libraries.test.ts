/** Scripts that bring libraries: what those do on their own stays as it is, and what waits in them is found. */
import { describe, expect, it } from 'vitest';
import { compiled, plainly } from './testing/both-ways.js';

const LIBRARY = `function Parser(text) { this.text = text; }
Parser.parse = function (text) { return new this(text).parse(); };
Parser.prototype.parse = function () { return this[this.text.length > 1 ? 'many' : 'one'](); };
Parser.prototype.one = function () { return this.text; };
Parser.prototype.many = function () { return this.text.split('').map((one) => visit(one, (x) => x)).join(''); };
function visit(node, f) { return f(node); }
const shown = { toString() { return visit(1, (x) => [x, x].map((y) => visit(y, (z) => z))).join(); } };`;

describe('a library in a script', () => {
  it.each([
    [
      'makes objects in the old way, some of whose methods may wait',
      `${LIBRARY} const hooks = [(n) => call(n) + 1]; function main() { let s = 0; for (const hook of hooks) s += hook(s); return Parser.parse('ab') + s + shown; }`,
    ],
    [
      'is given a function that waits',
      `const visitAll = (nodes, f) => { for (const node of nodes) f(node); return nodes.length; }; function main() { return visitAll([1, 2], (n) => { call(n); }); }`,
    ],
  ])('%s', async (_, program) => {
    const expected = await plainly(program);
    expect(expected.end).not.toMatch(/^throws/);
    expect(await compiled(program)).toEqual(expected);
  });

  it('is not refused for what waits perhaps where nothing can wait, but ends the test if it does', async () => {
    const program = `${LIBRARY} function main() { visit(2, (n) => call(n)); return String(shown); }`;
    expect((await compiled(program)).refused).toMatch(
      /^f\(\) waits for an answer where nothing can wait/,
    );
  });
});
