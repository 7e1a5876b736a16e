/**
 * The command line: reads the arguments, hands over to one command, turns errors into one line and an exit
 * code. The only room that sees both sides, harness and stack; each command is loaded by its name, and loads its side when it
 * runs, so that a shard's process carries no harness.
 */
import type { Command } from 'commander';
import { printable } from '../harness/report/printable.js';
import { oneLine, userErrorOf } from './errors.js';
import { inOwnWords } from './k6-words.js';
import { createProgram } from './program.js';

// A reader that left (`paydrill run | head`) is no reason to stop a drill half-way.
process.stdout.on('error', ignoreClosedPipe);
process.stderr.on('error', ignoreClosedPipe);

try {
  const [only, ...rest] = process.argv.slice(2);
  const program = await createProgram(only);
  await program.parseAsync(only === 'run' ? ['run', ...runWords(program, rest)] : undefined, {
    from: only === 'run' ? 'user' : 'node',
  });
} catch (error) {
  const known = userErrorOf(error);
  if (!known) throw error;
  if (known.line !== '') process.stderr.write(`paydrill: ${printable(oneLine(known.line))}\n`);
  // What was started by then (a server, a reader of standard input) must not keep the process.
  process.exit(known.exitCode);
}

/** As k6's users type them too. */
function runWords(program: Command, typed: readonly string[]): readonly string[] {
  const options = program.commands.find((command) => command.name() === 'run')?.options ?? [];
  const isFlag = (name: string): boolean =>
    options.some(({ long, required, optional }) => long === name && !required && !optional);
  const { words, withoutEffect } = inOwnWords(typed, isFlag);
  if (withoutEffect.length > 0)
    process.stderr.write(`-- without effect here: ${withoutEffect.join(', ')}\n`);
  if (words.includes('--no-color')) process.env.NO_COLOR = '1';
  return words.filter((word) => word !== '--no-color');
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
