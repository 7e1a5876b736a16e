/**
 * `paydrill proxy`: the Toxiproxy-compatible server, until Ctrl-C. With `--supervised` (hidden) it is a child
 * of a drill: it says that it is ready in JSON and leaves as soon as its standard input closes.
 */
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { messageOf } from '../harness/message-of.js';
import { UserError } from '../harness/user-error.js';
import { integer, listenAddress } from './option-values.js';
import { untilSignal } from './signals.js';

interface ProxyOptions {
  readonly listen: string;
  readonly seed?: number;
  readonly config?: string;
  readonly supervised: boolean;
}

export function proxyCommand(): Command {
  return new Command('proxy')
    .description('serve the Toxiproxy-compatible fault proxy until Ctrl-C')
    .option('--listen <host:port>', 'where its API listens', listenAddress, '127.0.0.1:8474')
    .option(
      '--seed <n>',
      'seed of the toxics (default: drawn)',
      integer({ min: 0, max: 2 ** 32 - 1 }),
    )
    .option(
      '--config <file>',
      "proxies to begin with: a JSON list of { name, listen, upstream, enabled }, as toxiproxy-server's -config",
    )
    .addOption(new Option('--supervised', 'child of a drill').default(false).hideHelp())
    .addHelpText(
      'after',
      '\nExamples:\n  $ paydrill proxy --listen 127.0.0.1:8474\n  $ paydrill proxy --config toxiproxy.json',
    )
    .action(serve);
}

async function serve({ config, listen, seed, supervised }: ProxyOptions): Promise<void> {
  const { runProxy, startProxyServer } = await import('../proxy/server.js');
  const { ApiError } = await import('../proxy/errors.js');
  const options = {
    listen,
    ...(seed === undefined ? {} : { seed }),
    ...(config === undefined ? {} : { proxies: readConfig(config) }),
  };
  if (supervised) return await runProxy(options);
  const server = await startProxyServer(options).catch((cause: unknown) => {
    const reason = messageOf(cause);
    if (config !== undefined && cause instanceof ApiError)
      throw new UserError(`proxy: ${config}: ${reason}`, { cause });
    throw new UserError(`proxy: ${reason}; name another address with --listen`, { cause });
  });
  process.stdout.write(`proxy API on http://${server.address}; Ctrl-C stops it\n`);
  await untilSignal();
  await server.close();
}

/** Throws UserError where it cannot be read as JSON. */
function readConfig(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new UserError(`proxy: ${file}: ${messageOf(cause)}`, { cause });
  }
}
