/** What is known of a drill before anything of it is started. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkDrill } from './drill.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-check-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function checked(text: string) {
  const script = join(folder, 'script.js');
  writeFileSync(script, text);
  return checkDrill({
    ...{ script, target: 'auto', durationScale: 1, faults: 'none' },
    ...{ env: {}, program: [process.execPath], allowTargets: [] },
    signal: new AbortController().signal,
  });
}

describe('a drill that is checked needs a target', () => {
  it.each([
    [
      'where its script pays',
      `import { pay } from 'k6/x/pay'; export default () => pay({ payer: 1, merchant: 1, amountMinor: 1 });`,
      true,
    ],
    [
      'where its script tells of payments that it makes itself: somebody has their books',
      `import { payments } from 'k6/x/pay'; export default () => payments.pay({ from: 'a', to: 'b', amountMinor: 1 }).ok();`,
      true,
    ],
    [
      'and none where it only sends requests',
      `import http from 'k6/http'; export default () => http.get('http://127.0.0.1/');`,
      false,
    ],
  ])('%s', async (_, text, needsTarget) => {
    expect(await checked(text)).toEqual({ needsTarget });
  });
});
