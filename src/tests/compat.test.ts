/** What k6's users rely on, script by script (compat/snippets): all of them are run once, in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { compared } from './compat/compare.js';
import type { Observed } from './compat/observed.js';
import { gaps, PAGE, pageText, unknownItems } from './compat/page.js';
import { SNIPPETS } from './compat/snippets.js';

const ROOT = join(import.meta.dirname, '..', '..');
const RUNNER = fileURLToPath(new URL('../../dist/tests/compat/run-snippets.js', import.meta.url));

let observed: Readonly<Record<string, Observed>>;

describe('a k6 script', () => {
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paydrill-compat-suite-'));
    const file = join(folder, 'observed.json');
    try {
      // COMPAT: parts of names, to run some of them.
      const words = process.env.COMPAT?.split(',') ?? [];
      const runner = spawn(process.execPath, [RUNNER, file, ...words], { stdio: 'inherit' });
      const [code] = await once(runner, 'close');
      expect(code).toBe(0);
      observed = JSON.parse(readFileSync(file, 'utf8'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 600_000);

  test.each(SNIPPETS.map((snippet) => [snippet.name, snippet] as const))(
    '%s',
    (name, { expect: wanted }) => {
      const one = observed[name];
      if (one === undefined) return expect(process.env.COMPAT).toBeDefined();
      const { got, expected } = compared(one, wanted);
      expect(got, one.lines.join('\n')).toEqual(expected);
    },
  );
});

describe('docs/k6-compatibility.md', () => {
  test('is what the snippets say (npm run docs)', () => {
    expect(readFileSync(join(ROOT, PAGE), 'utf8')).toBe(pageText());
  });

  test('has no line that no snippet proves', () => {
    expect(gaps()).toEqual([]);
  });

  test('knows every item that a snippet names', () => {
    expect(unknownItems()).toEqual([]);
  });
});
