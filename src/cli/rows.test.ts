import { describe, expect, it } from 'vitest';
import { type Format, rowsText } from './rows.js';

const COLUMNS = ['id', 'name', 'n'];
const CHUNKS = [
  [
    ['18446744073709551615', 'a,"b"', 1],
    ['2', '', null],
  ],
  [['3', 'line\nbreak \u001b[31m', [1, { deep: 'x' }]]],
];

async function textOf(format: Format, chunks: readonly unknown[][][] = CHUNKS): Promise<string> {
  async function* some(): AsyncGenerator<unknown[][]> {
    yield* chunks;
  }
  let text = '';
  for await (const piece of rowsText({ columns: COLUMNS, chunks: some() }, format)) text += piece;
  return text;
}

describe('rows', () => {
  it('are a table for people, in which nothing acts on the terminal', async () => {
    expect(await textOf('table')).toBe(
      [
        '                  id  name      n',
        '--------------------  -----  ----',
        '18446744073709551615  a,"b"     1',
        '                   2         null',
        '                   3  line\\nbreak \\x1b[31m  [1,{"deep":"x"}]',
        '3 rows',
        '',
      ].join('\n'),
    );
  });

  it('are CSV that tells null from an empty text', async () => {
    expect(await textOf('csv')).toBe(
      [
        'id,name,n',
        '18446744073709551615,"a,""b""",1',
        '2,"",',
        '3,"line\nbreak \u001b[31m","[1,{""deep"":""x""}]"',
        '',
      ].join('\n'),
    );
  });

  it('are one JSON array, with 64-bit integers to the last digit', async () => {
    expect(JSON.parse(await textOf('json'))).toEqual([
      { id: '18446744073709551615', name: 'a,"b"', n: 1 },
      { id: '2', name: '', n: null },
      { id: '3', name: 'line\nbreak \u001b[31m', n: [1, { deep: 'x' }] },
    ]);
  });

  it.each([
    ['table', 'id  name  n\n--  ----  -\n0 rows\n'],
    ['csv', 'id,name,n\n'],
    ['json', '[]\n'],
  ] as const)('may be none, as %s', async (format, text) => {
    expect(await textOf(format, [])).toBe(text);
    expect(await textOf(format, [[]])).toBe(text);
  });
});
