/** What is wrong with a body is said as Toxiproxy says it; the texts were read off a Toxiproxy 2.5 that Go 1.26 had built. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstValue } from './go-json.js';

function told(text: string): string {
  try {
    return `value ${JSON.stringify(firstValue(text))}`;
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

describe('a body', () => {
  it.each([
    ['', 'EOF'],
    [' \n', 'EOF'],
    ['{', 'unexpected EOF'],
    ['[1,2', 'unexpected EOF'],
    ['{"name":"a', 'unexpected EOF'],
    ['nul', 'unexpected EOF'],
    ['x', "invalid character 'x' looking for beginning of value"],
    ['[}', "invalid character '}' looking for beginning of value"],
    ['{"a":é}', "invalid character 'Ã' looking for beginning of value"],
    ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":"b" "c":1}', "invalid character '\"' after object key:value pair"],
    ['{"a":01}', "invalid character '1' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
    ['{"a":-}', "invalid character '}' in numeric literal"],
    ['{"a":1.}', "invalid character '}' after decimal point in numeric literal"],
    ['{"a":1e}', "invalid character '}' in exponent of numeric literal"],
    ['{"a":"\\q"}', "invalid character 'q' in string escape code"],
    ['{"a":"\\u12g"}', "invalid character 'g' in \\u hexadecimal character escape"],
    ['{"a":"x\ny"}', "invalid character '\\n' in string literal"],
    [' {"a":[1,{"b":null}]}} and more', 'value {"a":[1,{"b":null}]}'],
  ])('%j: %s', (text, what) => {
    expect(told(text)).toBe(what);
  });

  it('is what JSON makes of it, whatever follows', () => {
    const more = fc.constantFrom('', '}', ' {"b":1}', '\n');
    fc.assert(
      fc.property(fc.json(), more, (json, after) => {
        // What follows a number would be more of it.
        expect(firstValue(` [${json}]${after}`)).toEqual([JSON.parse(json)]);
      }),
    );
  });
});
