/** Where a snippet runs, whoever runs it: a folder with its files, and the servers that it talks to, for as long as it runs. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startGrpcTestServer } from '../../harness/grpc/testing/test-server.js';
import { CERTIFICATE, KEY } from '../../harness/http/testing/certificate.js';
import { type Received, startTestServer } from '../../harness/http/testing/test-server.js';
import { startTestSockets } from '../../harness/websocket/testing/test-sockets.js';
import type { Snippet } from './snippet.js';

export interface Place {
  readonly folder: string;
  /** Path of the script. */
  readonly script: string;
  /** For its `__ENV`. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Left<T> {
  /** What `run` came to. */
  readonly came: T;
  /** Requests that reached the servers. */
  readonly asked: readonly Received[];
  /** Below `__ENV.OUT`, by name. */
  readonly written: Readonly<Record<string, string>>;
}

export async function inPlace<T>(
  snippet: Snippet,
  run: (place: Place) => Promise<T>,
): Promise<Left<T>> {
  const folder = mkdtempSync(join(tmpdir(), 'paydrill-compat-'));
  const out = join(folder, 'out');
  mkdirSync(out);
  const server = await startTestServer();
  const secure = snippet.tls && (await startTestServer({ key: KEY, cert: CERTIFICATE }));
  const grpc = snippet.grpc && (await startGrpcTestServer());
  const sockets = snippet.sockets && (await startTestSockets());
  try {
    const env = {
      URL: server.url,
      OUT: out,
      ...(secure === undefined ? {} : { TLS_URL: secure.url }),
      ...(grpc === undefined ? {} : { GRPC: grpc.address }),
      ...(sockets === undefined ? {} : { WS: sockets.url }),
      ...snippet.env,
    };
    const came = await run({ folder, script: writeFiles(folder, snippet), env });
    return {
      came,
      asked: [...server.received, ...(secure?.received ?? [])],
      written: Object.fromEntries(
        readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'utf8')]),
      ),
    };
  } finally {
    await server.close();
    await secure?.close();
    grpc?.close();
    await sockets?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeFiles(
  folder: string,
  { script, scriptName = 'test.js', files = {} }: Snippet,
): string {
  for (const [name, content] of Object.entries({ ...files, [scriptName]: script })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content.replace('$CERT', CERTIFICATE).replace('$KEY', KEY));
  }
  return join(folder, scriptName);
}
