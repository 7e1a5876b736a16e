import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { userErrorOf } from './errors.js';
import { createProgram } from './program.js';

const SCRIPT = 'scenarios/double-eleven.ts';

describe('a wrong command line', () => {
  it.each([
    [['fly'], /unknown command 'fly'/],
    [['run'], /name a script, or a run folder with --replay/],
    [['run', SCRIPT, '--replay', 'reports/latest'], /--replay .*leave out the script/],
    [['run', '--replay', 'x', '--seed', '1'], /--replay .*leave out --seed/],
    [['run', '--replay', '/nowhere/at/all'], /\/nowhere\/at\/all\/plan.json cannot be read/],
    [['run', SCRIPT, '--sped', '1'], /unknown option '--sped' .*--seed/],
    [['run', SCRIPT, '--peak', 'fast'], /--peak .*number above 0/],
    [['run', SCRIPT, '--peak', '-5'], /--peak .*number above 0/],
    [['run', SCRIPT, '--duration-scale', '0'], /--duration-scale .*number above 0/],
    [['run', SCRIPT, '--seed', '1.5'], /--seed .*integer from 0 to 4294967295/],
    [['run', SCRIPT, '--workers', '0'], /--workers .*integer from 1 to 256/],
    [['run', SCRIPT, '--shards', '65'], /--shards .*integer from 1 to 64/],
    [['run', SCRIPT, '--mutant', 'lose-all'], /--mutant .*'paydrill mutants' lists them/],
    [
      ['mutants', '--run', '--only', 'lost-update,lose-all'],
      /--only .*'paydrill mutants' lists them/,
    ],
    [['run', SCRIPT, '--target', 'nowhere'], /--target .*host:port/],
    [['run', SCRIPT, '--target', '127.0.0.1:99999'], /--target .*host:port/],
    [['run', SCRIPT, '-e', '9=x'], /--env .*NAME=value/],
    [['run', SCRIPT, '--target', 'pay.example:12200'], /add --allow-target pay.example/],
    [
      ['run', SCRIPT, '--target', '127.0.0.1:1', '--mutant', 'lose-credit-leg'],
      /--mutant plants a bug in the reference stack/,
    ],
    [['run', SCRIPT, '--target', '127.0.0.1:1', '--shards', '4'], /--shards is for the reference/],
    [['run', SCRIPT, '--target', 'https://127.0.0.1:8443'], /--target .*only http:\/\/host:port/],
    [['run', SCRIPT, '--target', 'ftp://127.0.0.1:21'], /--target .*only http:\/\/host:port/],
    [['run', SCRIPT, '--target', 'http://127.0.0.1:8080/api'], /--target .*or a path/],
    [['run', SCRIPT, '--target', 'http://pay.example'], /add --allow-target pay.example/],
    [
      ['run', SCRIPT, '--target', 'http://127.0.0.1:1', '--mutant', 'lose-credit-leg'],
      /--mutant plants a bug in the reference stack/,
    ],
    [['run', SCRIPT, '--toxiproxy', 'nowhere'], /--toxiproxy .*host:port/],
    [['run', SCRIPT, '--toxiproxy', '127.0.0.1:0'], /--toxiproxy .*host:port/],
    [['run', SCRIPT, '--toxiproxy', 'toxi.example:8474'], /add --allow-target toxi.example/],
    [['proxy', '--listen', '0.0.0.0:8474'], /--listen .*loopback/],
    [['stack', '--users', '0'], /--users .*integer from 1/],
    [['verify', '/nowhere/at/all'], /\/nowhere\/at\/all/],
    [['probe', 'https://127.0.0.1:1/'], /must be http:\/\/host:port\/path, without TLS/],
    [['probe', 'here'], /here cannot be probed/],
    [['probe', 'http://pay.example/'], /add --allow-target pay.example/],
    [['probe', 'http://127.0.0.1:1/', '-m', 'STEAL'], /--method .*GET, POST/],
    [['probe', 'http://127.0.0.1:1/', '-H', 'nothing'], /--header .*name: value/],
    [['probe', 'http://127.0.0.1:1/', '-d', '1ms'], /--duration .*at least 1s/],
    [
      ['probe', 'http://127.0.0.1:1/', '--quiet'],
      /nothing answers at http:\/\/127.0.0.1:1\/: start/,
    ],
  ])('%j is one line and exit code 104', async (args, line) => {
    const end = await outcomeOf(args);
    expect(end.exitCode).toBe(104);
    expect(end.lines).toEqual([expect.stringMatching(line)]);
  });
});

describe('init', () => {
  it('writes nothing where one of its files is there already, and names that one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paydrill-init-'));
    writeFileSync(join(folder, 'tsconfig.json'), 'mine');
    const end = await outcomeOf(['init', folder]);
    expect(end.exitCode).toBe(104);
    expect(end.lines).toEqual([expect.stringMatching(/tsconfig\.json is there already/)]);
    expect(end.lines[0]).not.toMatch(/starter\.ts/);
    expect(readdirSync(folder)).toEqual(['tsconfig.json']);
    expect(readFileSync(join(folder, 'tsconfig.json'), 'utf8')).toBe('mine');
    rmSync(folder, { recursive: true });
  });

  it('says what to do where it cannot write', async () => {
    const end = await outcomeOf(['init', '/dev/null/drills']);
    expect(end).toMatchObject({ exitCode: 104 });
    expect(end.lines).toEqual([expect.stringMatching(/\/dev\/null\/drills: .*another folder/)]);
  });
});

const all = await createProgram();

describe('help', () => {
  const commands = all.commands.map((command) => command.name());

  it.each(['', ...commands])('of %j shows an example and leaves with 0', async (name) => {
    const end = await outcomeOf(name === '' ? ['--help'] : [name, '--help']);
    expect(end.exitCode).toBe(0);
    expect(end.output).toMatch(/Examples?:\n {2}\$ paydrill /);
  });

  it('does not list the commands that only a drill uses', async () => {
    const { output } = await outcomeOf(['--help']);
    expect(output).not.toMatch(/^ {2}(shard|gateway|supervise)/m);
    expect(output).toMatch(/^ {2}run/m);
  });
});

interface End {
  readonly exitCode: number;
  readonly lines: readonly string[];
  readonly output: string;
}

/** Runs a command line in this process, as main does. */
async function outcomeOf(args: readonly string[]): Promise<End> {
  let errors = '';
  let output = '';
  const program = await createProgram();
  for (const command of [program, ...program.commands]) {
    command.configureOutput({
      writeErr: (text) => {
        errors += text;
      },
      writeOut: (text) => {
        output += text;
      },
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    const known = userErrorOf(error);
    if (!known) throw error;
    if (!(error instanceof CommanderError)) errors += `${known.line}\n`;
    return { exitCode: known.exitCode, lines: errors.trimEnd().split('\n'), output };
  }
  return { exitCode: 0, lines: [], output };
}
