import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkRunFolder, RunFolder } from './run-folder.js';

const START = { script: 'drills/night.ts', startedUnixMs: Date.UTC(2025, 10, 11) };
const NAME = '2025-11-11T00-00-00Z-night';

let before: string;
let folder: string;

beforeEach(() => {
  before = process.cwd();
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'paydrill-folders-')));
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

function start(outFolder?: string, isScratch = false): RunFolder {
  return new RunFolder({ ...START, outFolder, isScratch });
}

function latest(): string {
  return realpathSync(join(folder, 'reports', 'latest'));
}

describe('the run folder', () => {
  it('of drills that start in the same second is another for each, and latest is the last', () => {
    const paths = [start(), start(), start()].map(({ path }) => path);
    const reports = join(folder, 'reports');
    expect(paths).toEqual([NAME, `${NAME}-2`, `${NAME}-3`].map((name) => join(reports, name)));
    expect(latest()).toBe(paths[2]);
    expect(readdirSync(reports).length).toBe(4);
  });

  it('that is named moves latest too, wherever it is', () => {
    const elsewhere = join(folder, 'else', 'where');
    expect(start(elsewhere).path).toBe(elsewhere);
    expect(latest()).toBe(elsewhere);
  });

  it('of a calibration leaves latest where it is', () => {
    const first = start();
    start(join(folder, 'scratch'), true);
    expect(latest()).toBe(first.path);
  });

  it('that is named and holds something is refused, and latest stays', () => {
    const first = start();
    mkdirSync('mine');
    writeFileSync(join('mine', 'letter'), '');
    expect(() => start('mine')).toThrow(/run folder .*mine: it is there already, and not empty/);
    expect(() => checkRunFolder('mine')).toThrow(/mine: it is there already, and not empty.*--out/);
    expect(latest()).toBe(first.path);
    expect(readdirSync('mine')).toEqual(['letter']);
  });

  it('that is named and empty is taken by one drill', () => {
    mkdirSync('mine');
    checkRunFolder('mine');
    expect(start('mine').path).toBe(join(folder, 'mine'));
    expect(() => start('mine')).toThrow(/not empty/);
  });

  it.each([undefined, join('a', 'b', 'c')])('that could be made leaves nothing yet: %s', (out) => {
    checkRunFolder(out);
    expect(readdirSync('.')).toEqual([]);
  });

  it('that would stand beside others leaves those as they are', () => {
    const { path } = start(join('a', 'one'));
    checkRunFolder(join('a', 'two'));
    expect(readdirSync('a')).toEqual(['one']);
    expect(readdirSync(path)).toEqual(['journal']);
  });

  it.each([
    ['a file', 'file', /cannot make the run folder .*file: ENOTDIR/],
    ['below a file', join('file', 'run'), /cannot make the run folder .*ENOTDIR/],
    ['a link to nowhere', 'nowhere', /cannot make the run folder .*ENOENT/],
    ['too long a name', 'x'.repeat(300), /cannot make the run folder .*ENAMETOOLONG/],
    ['where the system makes none', '/proc/paydrill', /cannot make the run folder .*ENOENT/],
  ])('that cannot be made is refused: %s', (_, out, words) => {
    writeFileSync('file', '');
    symlinkSync('gone', 'nowhere');
    expect(() => checkRunFolder(out)).toThrow(words);
    expect(readdirSync('.').sort()).toEqual(['file', 'nowhere']);
  });

  it('has no place where reports is a file: that is said too', () => {
    writeFileSync('reports', '');
    expect(() => checkRunFolder(undefined)).toThrow(/cannot make the run folder .*reports: E/);
  });

  it('is made where latest cannot be: that is told', () => {
    mkdirSync(join('reports', 'latest', 'mine'), { recursive: true });
    const { path, warning } = start();
    expect(existsSync(join(path, 'journal'))).toBe(true);
    expect(warning).toMatch(/^reports\/latest does not point to this run: /);
    expect(readdirSync('reports').sort()).toEqual([NAME, 'latest']);
    writeFileSync('file', '');
    rmSync('reports', { recursive: true });
    writeFileSync('reports', '');
    expect(start('out').warning).toMatch(/does not point to this run/);
  });
});
