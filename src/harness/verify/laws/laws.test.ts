/** Every law catches every bug planted for it, with a witness that names it; query and scan agree. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { OUR_PRODUCTS } from '../../../products/ours.js';
import { BROWN_OUT_LAW } from '../../../wire/brown-out.js';
import { MUTANT_NAMES, mutantRow } from '../../../wire/mutants.js';
import { RunDatabase } from '../database.js';
import { sqlOf } from '../law.js';
import { SCREENS } from '../prefilter/screens.js';
import { PLANTED_BUGS } from '../synthetic/planted.js';
import {
  extentOf,
  type Recorded,
  recordHistory,
  termsOf,
  writeRecorded,
} from '../synthetic/run-folder.js';
import { scanRun } from '../synthetic/scan-run.js';
import { witnessOf } from '../witness.js';
import { LAWS, LINE_LAWS } from './registry.js';

const root = mkdtempSync(join(tmpdir(), 'paydrill-laws-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const CLEAN = recordHistory({ seed: 7, operations: 700, users: 60, merchants: 12 });

async function judge(recorded: Recorded, lawName: string) {
  const folder = mkdtempSync(join(root, 'run-'));
  await writeRecorded(folder, recorded);
  const law = LAWS.find(({ name }) => name === lawName);
  if (law === undefined) throw new Error(`no law ${lawName}`);
  const facts = await scanRun(folder);
  if (facts === undefined) throw new Error('the scan does not know its own layout');
  const database = await RunDatabase.open(folder, extentOf(recorded), termsOf(recorded));
  const rows = await database.rows(await sqlOf(law, database));
  const witness = rows[0] && (await witnessOf(database, rows[0])).text;
  database.close();
  return { witness, suspicions: SCREENS.get(lawName)?.suspicions(facts), rows: rows.length };
}

describe('laws', () => {
  it('have a planted bug each, and the mutants of the stack name laws that exist', () => {
    const planted = new Set(PLANTED_BUGS.map(({ law }) => law));
    const names = LAWS.map(({ name }) => name);
    const ofProducts = OUR_PRODUCTS.flatMap(({ name, laws = {} }) =>
      Object.keys(laws).map((law) => `${name}-${law}`),
    );
    expect([...planted].sort()).toEqual([...names].sort());
    const ofLine = LINE_LAWS.map(({ name }) => name);
    for (const mutant of MUTANT_NAMES) {
      const { law, orLaws = [] } = mutantRow(mutant);
      for (const named of law === undefined ? orLaws : [law, ...orLaws])
        expect([mutant, [...names, ...ofProducts, ...ofLine, BROWN_OUT_LAW]]).toEqual([
          mutant,
          expect.arrayContaining([named]),
        ]);
    }
  });

  it('name as their causes only laws that come before them, so that the first broken one is a root', () => {
    for (const [index, { consequenceOf, name }] of LAWS.entries()) {
      const before = LAWS.slice(0, index).map((law) => law.name);
      expect([name, consequenceOf.filter((cause) => !before.includes(cause))]).toEqual([name, []]);
    }
  });

  for (const { bug, law, plant, witness } of PLANTED_BUGS) {
    it(`${law}: ${bug}`, async () => {
      const recorded = structuredClone(CLEAN);
      plant(recorded);
      const judged = await judge(recorded, law);
      expect(judged.witness).toMatch(witness);
      expect(judged.suspicions).toBeGreaterThan(0);
    });
  }
});
