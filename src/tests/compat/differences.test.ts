/** On summaries as they were exported: by k6's documentation, and by paydrill. */
import { describe, expect, it } from 'vitest';
import { differences, outcomeOf } from './differences.js';

const ASKED = [
  { method: 'POST', url: '/pay' },
  { method: 'GET', url: '/' },
];

/** Groups and checks by name, as `--summary-export` has them. */
const BY_NAME = `{
  "root_group": {
    "name": "", "path": "", "id": "d41d8cd98f00b204e9800998ecf8427e",
    "groups": {
      "shop": {
        "name": "shop", "path": "::shop", "id": "1",
        "groups": {},
        "checks": { "paid": { "name": "paid", "path": "::shop::paid", "id": "2", "passes": 9, "fails": 1 } }
      }
    },
    "checks": { "is 200": { "name": "is 200", "path": "::is 200", "id": "3", "passes": 10, "fails": 0 } }
  },
  "metrics": { "http_reqs": { "count": 10, "rate": 5.1 } }
}`;

/** In lists, as handleSummary() is given them. */
const IN_LISTS = JSON.stringify({
  root_group: {
    groups: [{ name: 'shop', groups: [], checks: [{ name: 'paid', passes: 9, fails: 1 }] }],
    checks: [{ name: 'is 200', passes: 10, fails: 0 }],
  },
});

const ours = outcomeOf(0, ASKED, BY_NAME);

describe('what came of a script', () => {
  it('is read from the summary, in both of its shapes', () => {
    expect(ours).toEqual({
      exit: 0,
      asked: ['GET /', 'POST /pay'],
      checks: { '::is 200': '10 passed, 0 failed', '::shop::paid': '9 passed, 1 failed' },
    });
    expect(outcomeOf(0, ASKED.toReversed(), IN_LISTS)).toEqual(ours);
  });

  it('is little where it did not run', () => {
    expect(outcomeOf(104, [], undefined)).toEqual({ exit: 104, asked: [], checks: {} });
  });

  it('is refused where it is of another shape', () => {
    expect(() => outcomeOf(0, [], '{"results": {}}')).toThrow(/no root_group/);
  });
});

describe('two programs', () => {
  it('do not differ in the order of requests, nor of checks', () => {
    expect(differences({ name: 'shop' }, ours, outcomeOf(0, ASKED, IN_LISTS))).toEqual([]);
  });

  it('differ in exit code, requests and checks, a line each', () => {
    const theirs = outcomeOf(99, ASKED.slice(1), BY_NAME.replace('"passes": 9', '"passes": 8'));
    expect(differences({ name: 'shop' }, ours, theirs)).toEqual([
      'shop: exit code: 0, under k6 99',
      'shop: requests: ["GET /","POST /pay"], under k6 ["GET /"]',
      'shop: check ::shop::paid: "9 passed, 1 failed", under k6 "8 passed, 1 failed"',
    ]);
  });

  it('may differ where the page says so', () => {
    const theirs = outcomeOf(107, [], undefined);
    expect(differences({ name: 'shop', differs: { 'exit 107': 'so' } }, ours, theirs)).toEqual([]);
    expect(differences({ name: 'shop' }, ours, theirs)).toHaveLength(4);
  });
});
