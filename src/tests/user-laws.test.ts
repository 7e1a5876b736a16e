/** Laws of one's own on the program as its users run it: found before the load, kept in the run folder, asked of the run. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { payments, readSummary, startDrill, startProgram, writeScript } from './testing/program.js';

const SMALL = ['--faults', 'none', '--workers', '1', '--quiet'];
const TOO_MUCH = "-- Nobody pays 10.00.\nselect id_hi, id_lo, 'is 10.00' as problem from asked\n";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-laws-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function lawFolder(name: string, laws: Readonly<Record<string, string>>): string {
  mkdirSync(join(folder, name));
  for (const [file, sql] of Object.entries(laws)) writeFileSync(join(folder, name, file), sql);
  return join(folder, name);
}

test('laws that the script names are copied into the run folder and asked, and a replay is judged by them', async () => {
  lawFolder('ours', { 'modest.sql': TOO_MUCH });
  const text = payments('1s', 50).replace('paydrill: {', "paydrill: { laws: 'ours',");
  const drill = startDrill(folder, writeScript(folder, text), ...SMALL);
  expect(await drill.ended, drill.errors()).toBe(111);
  const { laws, reason } = readSummary(folder);
  expect(reason).toBe('broken: modest');
  expect(laws.at(-1)).toMatchObject({ name: 'modest', status: 'broken' });
  expect(readFileSync(join(folder, 'run', 'laws', 'modest.sql'), 'utf8')).toBe(TOO_MUCH);
  const page = readFileSync(join(folder, 'run', 'report.html'), 'utf8');
  expect(page).toContain('The operation that shows it');
  expect(page).toContain(`in time"`);
  expect(page).toContain(laws.at(-1)?.operation_id);
  // The folder that the script names is gone: what was judged by is in the run folder.
  rmSync(join(folder, 'ours'), { recursive: true });
  const replayed = join(folder, 'again');
  const again = startProgram('run', '--replay', join(folder, 'run'), '--out', replayed, '--quiet');
  expect(await again.ended, again.errors()).toBe(111);
  expect(again.output()).toMatch(/BROKEN modest/);
  expect(existsSync(join(replayed, 'laws', 'modest.sql'))).toBe(true);
}, 60_000);

test('laws of the command line stand in place of the script; one that reaches for a file leaves the verdict unknown', async () => {
  const thief = lawFolder('theirs', { 'thief.sql': "select * from read_text('/etc/hostname')" });
  const text = payments('1s', 50).replace('paydrill: {', "paydrill: { laws: 'nowhere',");
  const drill = startDrill(folder, writeScript(folder, text), '--laws', thief, ...SMALL);
  expect(await drill.ended, drill.errors()).toBe(112);
  const { reason, run } = readSummary(folder);
  expect(reason).toMatch(/^thief undecided: its query failed: Permission Error: [^\n]+$/);
  expect(run.command).toContain(`--laws ${thief}`);
  const judged = startProgram('verify', join(folder, 'run'), '--laws', thief);
  expect(await judged.ended, judged.errors()).toBe(112);
  const endless = 'select count(*) from range(1000000000) a, range(1000000000) b';
  const laws = lawFolder('endless', { 'endless.sql': endless });
  const stopped = startProgram('verify', join(folder, 'run'), '--laws', laws);
  const pressed = setInterval(() => stopped.process.kill('SIGINT'), 3_000);
  expect(await stopped.ended).toBe(105);
  clearInterval(pressed);
  expect(stopped.errors()).toBe('paydrill: stopped by a signal\n');
  expect(stopped.output()).toBe('');
  expect(readdirSync(join(folder, 'run')).filter((name) => name.startsWith('.'))).toEqual([]);
}, 60_000);

test.each([
  ['is not there', undefined, /the laws in \S+ cannot be read/],
  ['has no law in it', { 'README.md': '' }, /has no \.sql file/],
  ['has a law with a name of paydrill', { 'no-phantom.sql': 'select 1' }, /give the file another/],
])(
  'a folder of laws that %s is one line and exit code 104, before the load',
  async (_, laws, line) => {
    const path = laws === undefined ? join(folder, 'nowhere') : lawFolder('laws', laws);
    const drill = startDrill(folder, writeScript(folder, payments('1s')), '--laws', path, ...SMALL);
    expect(await drill.ended).toBe(104);
    expect(drill.errors()).toMatch(/^paydrill: [^\n]+\n$/);
    expect(drill.errors()).toMatch(line);
    expect(existsSync(join(folder, 'run'))).toBe(false);
  },
);
