/** Everything that `--out` names, opened before a drill starts: what cannot be is the user's to mend. */
import { CSV_HEAD, csvRows } from './csv.js';
import { fileOutput } from './file-output.js';
import { JsonLines } from './json-lines.js';
import type { Output, OutputContext } from './output.js';
import { type OutputSpec, parseOutput } from './output-spec.js';

/** Throws UserError, and leaves none open then. */
export async function openOutputs(
  texts: readonly string[],
  context: OutputContext,
): Promise<readonly Output[]> {
  const opened: Output[] = [];
  try {
    for (const text of texts) {
      const spec = parseOutput(text);
      if (spec !== undefined) opened.push(openOutput(spec, context));
    }
  } catch (error) {
    for (const output of opened) await output.close();
    throw error;
  }
  return opened;
}

function openOutput(spec: OutputSpec, { warn, isoTime }: OutputContext): Output {
  const { file } = spec;
  switch (spec.kind) {
    case 'json': {
      const lines = new JsonLines(isoTime);
      return fileOutput({ file, warn, head: '', text: (second) => lines.text(second) });
    }
    case 'csv':
      return fileOutput({ file, warn, head: CSV_HEAD, text: csvRows });
    default:
      return spec satisfies never;
  }
}
