import { describe, expect, it } from 'vitest';
import { type Outcome, problemsOf } from './problems.js';
import type { Blow } from './random-drill.js';

const WELL: Outcome = {
  exitCode: 0,
  hung: false,
  struck: false,
  verdict: 'valid',
  reason: null,
  again: { exitCode: 0, verdict: 'valid' },
  asked: [0, 104],
  leftovers: [],
};
const UNKNOWN: Partial<Outcome> = {
  exitCode: 112,
  verdict: 'unknown',
  again: { exitCode: 112, verdict: 'unknown' },
};
const NO_RUN: Partial<Outcome> = { verdict: undefined, again: undefined };

const INTERRUPT: Blow = { victim: 'harness', signal: 'SIGINT', afterMs: 1 };
const KILL: Blow = { victim: 'harness', signal: 'SIGKILL', afterMs: 1 };
const KILL_GATEWAY: Blow = { victim: 'gateway', signal: 'SIGKILL', afterMs: 1 };

describe('what a drill of the honest stack came to', () => {
  it.each<readonly [string, Blow | undefined, Partial<Outcome>]>([
    ['a valid one', undefined, {}],
    ['an unknown one', undefined, UNKNOWN],
    ['thresholds that do not hold', undefined, { exitCode: 99 }],
    ['ended by Ctrl-C', INTERRUPT, { struck: true, exitCode: 105 }],
    ['ended before it listened for Ctrl-C', INTERRUPT, { ...NO_RUN, struck: true, exitCode: null }],
    ['killed with -9', KILL, { ...NO_RUN, struck: true, exitCode: null }],
    ['without its gateway', KILL_GATEWAY, { ...UNKNOWN, struck: true }],
    ['without a gateway to start with', KILL_GATEWAY, { ...NO_RUN, struck: true, exitCode: 104 }],
  ])('is right: %s', (_name, blow, other) => {
    expect(problemsOf({ blow }, { ...WELL, ...other })).toEqual([]);
  });

  it.each<readonly [string, Blow | undefined, Partial<Outcome>, readonly string[]]>([
    [
      'a false alarm',
      undefined,
      { exitCode: 111, verdict: 'invalid', reason: 'double-entry' },
      ['invalid: double-entry', 'otherwise wrong: invalid, but valid when it is judged again'],
    ],
    [
      'a false alarm of the queries alone',
      undefined,
      { again: { exitCode: 111, verdict: 'invalid' } },
      ['invalid: a law is broken', 'otherwise wrong: valid, but invalid when it is judged again'],
    ],
    [
      'a false alarm after kill -9',
      KILL,
      { ...NO_RUN, struck: true, exitCode: null, again: { exitCode: 111, verdict: 'invalid' } },
      ['invalid: a law is broken'],
    ],
    ['no end', undefined, { hung: true, exitCode: null, ...NO_RUN }, ['hung: it did not end']],
    [
      'a process that stays',
      undefined,
      { leftovers: ['process 7: gateway'] },
      ['left behind: process 7: gateway'],
    ],
    ['a bug', undefined, { exitCode: 1 }, ['otherwise wrong: exit code 1']],
    [
      'a bug after a blow',
      KILL_GATEWAY,
      { struck: true, exitCode: 1 },
      ['otherwise wrong: exit code 1'],
    ],
    [
      'a planned fault that did not happen',
      undefined,
      { exitCode: 114 },
      ['otherwise wrong: exit code 114'],
    ],
    [
      'ended as by Ctrl-C, by nobody',
      INTERRUPT,
      { exitCode: 105 },
      ['otherwise wrong: exit code 105'],
    ],
    ['killed by nobody', KILL, { ...NO_RUN, exitCode: null }, ['otherwise wrong: exit code null']],
    [
      'ended by a signal that it listens for',
      INTERRUPT,
      { struck: true, exitCode: null },
      ['otherwise wrong: exit code null'],
    ],
    [
      'a bug of query',
      undefined,
      { asked: [0, 1] },
      ['otherwise wrong: a question was answered with exit code 1'],
    ],
    [
      'a bug of verify',
      undefined,
      { again: { exitCode: 1, verdict: undefined } },
      [
        'otherwise wrong: verify ended with 1',
        'otherwise wrong: valid, but undefined when it is judged again',
      ],
    ],
  ])('is wrong: %s', (_name, blow, other, wanted) => {
    const problems = problemsOf({ blow }, { ...WELL, ...other });
    expect(problems.map(({ kind, what }) => `${kind}: ${what}`)).toEqual(wanted);
  });
});
