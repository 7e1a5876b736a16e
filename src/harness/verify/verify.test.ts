import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { recordHistory, writeRecorded } from './synthetic/run-folder.js';
import { verifyRunFolder } from './verify.js';

const folders: string[] = [];

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'paydrill-verify-'));
  folders.push(made);
  return made;
}

afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

describe('verifyRunFolder', () => {
  it('finds a clean history valid', async () => {
    const run = folder();
    await writeRecorded(run, recordHistory({ seed: 1, operations: 3000 }));
    const result = await verifyRunFolder(run);
    console.log(JSON.stringify(result, null, 1));
    expect(result.verdict).toBe('valid');
  });
});
