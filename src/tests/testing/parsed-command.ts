/** A command line as the program reads it: what docs and files of docker/ tell people to type is one that there is. */
import { createProgram } from '../../cli/program.js';

type Command = Awaited<ReturnType<typeof createProgram>>;

/** Parses the words as the program would, and starts nothing. Resolves to the command's name; rejects where there is none. */
export async function parsedCommand(words: readonly string[]): Promise<string> {
  const program = await createProgram();
  let ran = '';
  const quiet = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    if (command.commands.length === 0)
      command.action(() => {
        ran = command.name();
      });
    command.commands.forEach(quiet);
  };
  quiet(program);
  await program.parseAsync([...words], { from: 'user' });
  return ran;
}
