/** `paydrill probe`: one HTTP endpoint saturated in a closed loop, and asked at the same rate in an open one. Makes no ledger claim. */
import { Command, InvalidArgumentError } from 'commander';
import { SEEDS, type WholeRange } from '../harness/drill/option-rules.js';
import { EXIT_CODES } from '../harness/exit-codes.js';
import { UserError } from '../harness/user-error.js';
import { mayReach } from '../wire/address.js';
import { collect, durationMs, integer } from './option-values.js';
import { print } from './output.js';
import { onSignals } from './signals.js';

interface ProbeOptions {
  readonly connections: number;
  readonly pipelining: number;
  readonly duration: number;
  readonly method: string;
  readonly body?: string;
  readonly header: Readonly<Record<string, string>>;
  readonly allowTarget: readonly string[];
  readonly seed: number;
  readonly json: boolean;
  readonly quiet: boolean;
}

const CONNECTIONS: WholeRange = { min: 1, max: 10_000 };
const PIPELINING: WholeRange = { min: 1, max: 1_000 };
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];
/** Of the rate that the closed loop reached. */
const SHARES = [1, 0.8];

export function probeCommand(): Command {
  return new Command('probe')
    .description(
      'saturate one HTTP endpoint in a closed loop, and show its times at that rate in an open one',
    )
    .argument('<url>', 'http://host:port/path')
    .option('-c, --connections <n>', 'connections', integer(CONNECTIONS), 10)
    .option(
      '-p, --pipelining <n>',
      'requests on a connection before the first is answered, in the closed loop',
      integer(PIPELINING),
      1,
    )
    .option('-d, --duration <duration>', 'of each load', durationMs({ leastMs: 1000 }), 10_000)
    .option('-m, --method <method>', METHODS.join(', '), method, 'GET')
    .option(
      '-b, --body <text>',
      '{{id}} in it, or in the path, becomes a fresh UUID of version 7 in each request',
    )
    .option('-H, --header <name: value>', 'a header; repeatable', header, {})
    .option(
      '--allow-target <host>',
      'allow a host that is not this machine; repeatable',
      collect,
      [],
    )
    .option('--seed <n>', 'seed of the ids', integer(SEEDS), 1)
    .option('--json', 'print what was found as JSON', false)
    .option('--quiet', 'no progress, only the table', false)
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  $ paydrill probe http://127.0.0.1:8080/v1/stats -c 50 -d 5s',
        '  $ paydrill probe http://127.0.0.1:8080/v1/operations -m POST -H "content-type: application/json" \\',
        '      -b \'{"id":"{{id}}","kind":"pay","payer":"user:1","payee":"merchant:1","amountMinor":100}\'',
      ].join('\n'),
    )
    .action(probe);
}

async function probe(text: string, options: ProbeOptions): Promise<void> {
  const url = probedUrl(text, options.allowTarget);
  const { runProbe } = await import('../harness/campaign/probe/run-probe.js');
  const { probeTable } = await import('../harness/campaign/probe/probe-table.js');
  const { monotonicClock } = await import('../harness/entropy/clock.js');
  const abort = new AbortController();
  const stopListening = onSignals({
    first: () => abort.abort(),
    later: () => process.exit(EXIT_CODES.interrupted.code),
  });
  try {
    const facts = await runProbe({
      request: { url, method: options.method, headers: options.header, body: options.body },
      connections: options.connections,
      pipelining: options.pipelining,
      durationMs: options.duration,
      shares: SHARES,
      seed: options.seed,
      clock: monotonicClock(),
      signal: abort.signal,
      onNotice: (line) => {
        if (!options.quiet) process.stderr.write(`${line}\n`);
      },
    });
    await print(options.json ? `${JSON.stringify(facts, null, 2)}\n` : probeTable(facts));
    if (abort.signal.aborted) process.exitCode = EXIT_CODES.interrupted.code;
  } finally {
    stopListening();
  }
}

function probedUrl(text: string, allowed: readonly string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.protocol !== 'http:')
    throw new UserError(`${text} cannot be probed: it must be http://host:port/path, without TLS`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (mayReach(host, allowed)) return url;
  throw new UserError(`${url.host} is not on this machine: to load it, add --allow-target ${host}`);
}

function method(text: string): string {
  const name = text.toUpperCase();
  if (METHODS.includes(name)) return name;
  throw new InvalidArgumentError(`It must be one of ${METHODS.join(', ')}.`);
}

function header(text: string, previous: Readonly<Record<string, string>>): Record<string, string> {
  const match = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+):\s*(.*)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('It must be name: value.');
  return { ...previous, [match[1] ?? '']: match[2] ?? '' };
}
