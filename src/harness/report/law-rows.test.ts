/** The laws as the page lists them, while they are judged and after. */
import { expect, it } from 'vitest';
import { LAWS } from '../verify/laws/registry.js';
import type { LawResult } from '../verify/verdict.js';
import { lawRows } from './law-rows.js';

const NONE = { checked: 0, violations: 0, witness: null, follows_from: [] };

it('a law is to come until it is judged, with its statement from the first', () => {
  const [first, second] = LAWS;
  const names = [first?.name ?? '', second?.name ?? '', 'own'];
  const broken: LawResult = {
    ...{ name: names[1] ?? '', status: 'broken' as const, checked: 9, violations: 2 },
    ...{ witness: 'a\u001b[2J\nb', follows_from: [names[0] ?? ''] },
  };
  expect(lawRows(names, [broken])).toEqual([
    { ...NONE, name: names[0], statement: first?.statement, status: 'to_come' },
    { ...broken, statement: second?.statement, witness: 'a\\x1b[2J\nb' },
    { ...NONE, name: 'own', statement: null, status: 'to_come' },
  ]);
});
