/** What the ledger's verdict and that of the lists are together: the worse of the two, and a claim that holds is one. */
import { describe, expect, it } from 'vitest';
import { type LawResult, type LawStatus, unjudged, type Verdict } from '../verdict.js';
import { LIST_LAW, withLists } from './list-law.js';

const law = (name: string, status: LawStatus): LawResult => ({
  name,
  status,
  checked: 1,
  violations: status === 'broken' ? 1 : 0,
  witness: status === 'holds' ? null : 'because',
});

describe('the verdict', () => {
  it.each<readonly [ledger: Verdict, lists: LawStatus, both: Verdict]>([
    ['valid', 'holds', 'valid'],
    ['valid', 'broken', 'invalid'],
    ['valid', 'undecided', 'unknown'],
    ['valid', 'not_exercised', 'valid'],
    ['invalid', 'holds', 'invalid'],
    ['invalid', 'broken', 'invalid'],
    ['invalid', 'undecided', 'invalid'],
    ['invalid', 'not_exercised', 'invalid'],
    ['unknown', 'holds', 'unknown'],
    ['unknown', 'broken', 'invalid'],
    ['unknown', 'undecided', 'unknown'],
    ['unknown', 'not_exercised', 'unknown'],
    ['no_claim', 'holds', 'valid'],
    ['no_claim', 'broken', 'invalid'],
    ['no_claim', 'undecided', 'unknown'],
    ['no_claim', 'not_exercised', 'no_claim'],
  ])('of a ledger that is %s and lists whose law is %s is %s', (verdict, status, both) => {
    const ledger = {
      ...unjudged('as it is'),
      verdict,
      laws: [law('conservation', verdict === 'invalid' ? 'broken' : 'holds')],
      root_cause: verdict === 'invalid' ? 'conservation' : null,
    };
    const result = withLists(ledger, { law: law(LIST_LAW.name, status), limits: ['seen'] });
    expect(result.verdict).toBe(both);
    expect(result.laws.map(({ name }) => name)).toEqual(['conservation', LIST_LAW.name]);
    expect(result.limits).toEqual(['seen']);
    expect(result.reason === undefined).toBe(both === 'valid' && verdict === 'no_claim');
    if (both === 'invalid')
      expect(result.root_cause).toBe(verdict === 'invalid' ? 'conservation' : LIST_LAW.name);
  });

  it('of a run without lists is the ledger’s', () => {
    const ledger = unjudged('as it is');
    expect(withLists(ledger, undefined)).toBe(ledger);
  });
});
