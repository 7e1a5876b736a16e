/**
 * The command line: reads the arguments, hands over to one command, turns errors into one line and an exit
 * code. The only room that sees both sides, harness and stack; each command is loaded by its name, and loads its side when it
 * runs, so that a shard's process carries no harness.
 */
import { printable } from '../harness/report/printable.js';
import { oneLine, userErrorOf } from './errors.js';
import { createProgram } from './program.js';

// A reader that left (`paydrill run | head`) is no reason to stop a drill half-way.
process.stdout.on('error', ignoreClosedPipe);
process.stderr.on('error', ignoreClosedPipe);

try {
  const program = await createProgram(process.argv[2]);
  await program.parseAsync();
} catch (error) {
  const known = userErrorOf(error);
  if (!known) throw error;
  if (known.line !== '') process.stderr.write(`paydrill: ${printable(oneLine(known.line))}\n`);
  // What was started by then (a server, a reader of standard input) must not keep the process.
  process.exit(known.exitCode);
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
