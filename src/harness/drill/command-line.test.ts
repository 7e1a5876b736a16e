import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { DrillOptions } from '../report/progress.js';
import { commandLine } from './command-line.js';

const OPTIONS: DrillOptions = {
  program: [],
  script: 'drills/starter.ts',
  target: 'auto',
  durationScale: 1,
  env: {},
  allowTargets: [],
  signal: new AbortController().signal,
};

const DRAWN = { seed: 11, peakPerSec: undefined, folder: 'reports/night' };

describe('the command that runs a drill again', () => {
  it('names the script and the seed that was drawn, and nothing that is as it comes', () => {
    expect(commandLine(OPTIONS, DRAWN)).toBe('paydrill run drills/starter.ts --seed 11');
  });

  it('names the peak that this machine was found to carry', () => {
    const line = commandLine(OPTIONS, { seed: 11, peakPerSec: 181_250, folder: 'reports/night' });
    expect(line).toBe('paydrill run drills/starter.ts --seed 11 --peak 181250');
  });

  it('carries every option that was given', () => {
    const given: DrillOptions = {
      ...OPTIONS,
      target: 'pay.example:12200',
      peakPerSec: 5000,
      durationScale: 0.5,
      workers: 2,
      faults: 'none',
      toxiproxy: '127.0.0.1:8474',
      allowTargets: ['pay.example'],
      env: { USERS: '10' },
    };
    expect(commandLine(given, { ...DRAWN, seed: 1 })).toBe(
      'paydrill run drills/starter.ts --seed 1 --target pay.example:12200 --peak 5000 --duration-scale 0.5 ' +
        '--workers 2 --faults none --toxiproxy 127.0.0.1:8474 --allow-target pay.example -e USERS=10',
    );
  });

  it('of a drill that was itself run again names the folder it was run from', () => {
    const faultPlan = { from: 'reports/first night/plan.json', document: [] };
    const line = commandLine({ ...OPTIONS, faultPlan, allowTargets: ['pay.example'] }, DRAWN);
    expect(line).toBe("paydrill run --replay 'reports/first night' --allow-target pay.example");
  });

  it('comes through a shell as it was, whatever the words hold', () => {
    const words = ["it's", 'a b', '$HOME', '`id`', 'two\nlines', '"', ';ls', '*'];
    const env = Object.fromEntries(words.map((word, i) => [`V${i}`, word]));
    const line = commandLine({ ...OPTIONS, script: 'my night.ts', env }, DRAWN);
    const seen = execFileSync('sh', ['-c', `paydrill() { printf '%s\\0' "$@"; }; ${line}`]);
    const expected = ['run', 'my night.ts', '--seed', '11'];
    for (const [i, word] of words.entries()) expected.push('-e', `V${i}=${word}`);
    expect(seen.toString().split('\0').slice(0, -1)).toEqual(expected);
  });
});
