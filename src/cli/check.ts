/**
 * `paydrill check <target file>`: tries each part of it and prints what can be drilled, what evidence its books give, and which laws a
 * drill of it can be judged by. Ends with 104 where a part does not do what the file says.
 */
import { Command } from 'commander';
import type { CheckedTarget } from '../harness/campaign/check/check-target.js';
import type { TriedPart } from '../harness/campaign/check/tried-part.js';
import { EXIT_CODES } from '../harness/exit-codes.js';
import { serverAddress } from './option-values.js';
import { print } from './output.js';
import { stoppable } from './signals.js';

interface Options {
  readonly json: boolean;
  readonly kill: boolean;
  readonly toxiproxy?: string;
  readonly allowTarget: readonly string[];
}

export function checkCommand(): Command {
  return new Command('check')
    .description('try each part of a target file: what can be broken, read and judged')
    .argument('<target file>', 'what a drill would name as --target')
    .option('--json', 'print what was found as JSON', false)
    .option('--no-kill', 'kill no process')
    .option(
      '--toxiproxy <host:port>',
      'put the links on a Toxiproxy that runs already',
      serverAddress,
    )
    .option(
      '--allow-target <host>',
      'a host that is not this machine and may be asked (may be repeated)',
      (host: string, before: readonly string[]) => [...before, host],
      [],
    )
    .addHelpText('after', '\nExample:\n  $ paydrill check target.ts')
    .action(check);
}

async function check(path: string, { json, kill, toxiproxy, allowTarget }: Options): Promise<void> {
  const { checkTarget } = await import('../harness/campaign/check/check-target.js');
  const { runDrill } = await import('../harness/drill.js');
  const silent = (): void => {};
  const found = await stoppable(({ signal }) =>
    checkTarget(path, {
      workingDirectory: process.cwd(),
      toxiproxy,
      allowTargets: allowTarget,
      kills: kill,
      signal,
      drill: (options, probe, onError) =>
        runDrill(
          options,
          {
            ...{ onReady: silent, onTick: silent, onSecond: silent, onPhase: silent },
            onNotice: (line, level) => void (level === 'error' && onError(line)),
          },
          { isScratch: true, probe },
        ),
      onPart: (part) => {
        if (!json) process.stderr.write(partLine(part));
      },
    }),
  );
  await print(json ? `${JSON.stringify(found, undefined, 2)}\n` : textOf(found));
  if (found.parts.some(({ isWell }) => !isWell))
    process.exitCode = EXIT_CODES.invalidConfiguration.code;
}

function partLine({ part, isWell, isTried = true, words }: TriedPart): string {
  const mark = isTried ? (isWell ? 'ok' : 'FAILED') : '-';
  return `${mark.padEnd(6)} ${part}: ${words}\n`;
}

function textOf({ facts, laws }: CheckedTarget): string {
  if (facts === undefined) return '';
  if (!facts.hasBooks) return 'evidence  none: no books; a drill makes no claim about its ledger\n';
  const asked = laws.filter(({ because }) => because === undefined).map(({ name }) => name);
  const others = laws.flatMap(({ name, because }) =>
    because === undefined ? [] : [`          ${name}: ${because}\n`],
  );
  return [
    `evidence  ${facts.evidence}\n`,
    `judged by ${asked.join(', ')}\n`,
    others.length > 0 ? `not by\n${others.join('')}` : '',
  ].join('');
}
