/**
 * `paydrill verify`: judges a run folder again, from its files alone, and shows the summary anew. The
 * summary in the folder stays as it is. A folder whose drill was cut short has none: then only the judgement is
 * shown.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { EXIT_CODES } from '../harness/exit-codes.js';
import { parseSummary } from '../harness/report/json.js';
import { rejudge } from '../harness/report/summary.js';
import { UserError } from '../harness/user-error.js';
import type { VerifyResult } from '../harness/verify/verdict.js';
import { positiveNumber } from './option-values.js';
import { printEnd, printJudgement } from './output.js';
import { withProductsOfRun } from './own-products.js';
import { stoppable } from './signals.js';

export function verifyCommand(): Command {
  return withProductsOfRun(
    new Command('verify')
      .description('judge a run folder again, from its files alone')
      .argument('<run folder>', 'what a drill left behind')
      .option('--json', 'print summary.json instead of the summary', false)
      .option(
        '--laws <folder>',
        'judge by the laws in it too: each .sql file a query of what breaks it',
      )
      .option(
        '--law-timeout <seconds>',
        'how long the query of an added law may take (default: 60)',
        positiveNumber,
      )
      .option('--exact', 'ask every law as a query over everything, without the prefilter', false)
      .option(
        '--books <target file>',
        'judge by the books that it names, read now: a restored backup, say; the run folder stays as it is',
      )
      .option(
        '--allow-target <host>',
        'with --books: a host that is not this machine and may be asked (may be repeated)',
        (host: string, before: readonly string[]) => [...before, host],
        [],
      )
      .addHelpText('after', '\nExample:\n  $ paydrill verify reports/latest')
      .action(verify),
  );
}

interface Options {
  readonly json: boolean;
  readonly exact: boolean;
  readonly laws?: string;
  readonly lawTimeout?: number;
  readonly books?: string;
  readonly allowTarget: readonly string[];
}

async function verify(folder: string, options: Options): Promise<void> {
  const { json } = options;
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder)
    throw new UserError(`${folder}: no such run folder; the last line of a drill names its own`);
  const text = await readFile(join(folder, 'summary.json'), 'utf8').catch(() => undefined);
  const old = text === undefined ? undefined : parseSummary(text, join(folder, 'summary.json'));
  if (old?.run.records_kept === false) {
    throw new UserError(
      `${folder}: its journal and books were not kept (run --keep): there is nothing to judge; its own verdict, ${old.verdict}, is in summary.json`,
    );
  }
  const judgement = await stoppable(({ signal }) => judgeBy(folder, options, signal));
  if (old === undefined) {
    await printJudgement({ judgement, folder, json });
    process.exitCode = EXIT_CODES[EXITS[judgement.verdict]].code;
    return;
  }
  const summary = rejudge(old, judgement);
  await printEnd({ summary, folder }, { json });
  process.exitCode = summary.exit_code;
}

/** By its own books, or by others. */
async function judgeBy(
  folder: string,
  options: Options,
  signal: AbortSignal,
): Promise<VerifyResult> {
  const { books, allowTarget } = options;
  if (books === undefined) return judge(folder, options, signal);
  const { withOtherBooks } = await import('../harness/drill/verify-books.js');
  return withOtherBooks({ folder, books, allowTargets: allowTarget, signal }, (other) =>
    judge(other, options, signal),
  );
}

async function judge(
  folder: string,
  { exact, laws, lawTimeout }: Options,
  signal: AbortSignal,
): Promise<VerifyResult> {
  const { NoRunError } = await import('../harness/verify/no-run.js');
  const { readLawFiles } = await import('../harness/verify/user-laws.js');
  const { verifyRunFolder } = await import('../harness/verify/verify.js');
  try {
    return await verifyRunFolder(folder, {
      exact,
      signal,
      userLaws: {
        given: laws === undefined ? [] : readLawFiles(laws),
        ...(lawTimeout === undefined ? {} : { limitS: lawTimeout }),
      },
    });
  } catch (cause) {
    if (cause instanceof NoRunError) throw new UserError(cause.message, { cause });
    throw cause;
  }
}

const EXITS = {
  valid: 'ok',
  no_claim: 'ok',
  invalid: 'verdictInvalid',
  unknown: 'verdictUnknown',
} as const;
