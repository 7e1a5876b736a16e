/**
 * For tests: a gRPC server of another make than the client's messages: @grpc/grpc-js with @grpc/proto-loader, gRPC's own reflection and
 * health. What it answers stands in test-protos.ts: each method says back what came, or fails as it is asked to.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import { TEST_PROTOS } from './test-protos.js';

export interface GrpcTestServer {
  /** `127.0.0.1:1234` */
  readonly address: string;
  readonly port: number;
  /** Calls of each method by its name, and streams that are open. */
  readonly calls: Record<string, number>;
  /** Ports of the clients, each once. */
  readonly peers: Set<string>;
  close(): void;
}

type Message = Record<string, unknown>;
type Unary = (call: ServerUnaryCall<Message, Message>, answer: sendUnaryData<Message>) => void;

const PATH = 'shop.till.v1.Till';

export async function startGrpcTestServer({
  tls,
  reflection = true,
}: {
  /** PEM; `ca`: of clients, which then must have a certificate. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly ca?: string };
  readonly reflection?: boolean;
} = {}): Promise<GrpcTestServer> {
  const definition = loaded();
  const server = new Server();
  const calls: Record<string, number> = {};
  const peers = new Set<string>();
  const counted =
    <Call extends { getPeer(): string }, Rest extends unknown[]>(
      name: string,
      handler: (call: Call, ...rest: Rest) => void,
    ) =>
    (call: Call, ...rest: Rest): void => {
      calls[name] = (calls[name] ?? 0) + 1;
      peers.add(call.getPeer());
      handler(call, ...rest);
    };
  server.addService(service(definition), {
    Echo: counted('Echo', echo),
    Fail: counted('Fail', fail),
    Sleep: counted('Sleep', sleep),
    Metadata: counted('Metadata', metadata),
    List: counted('List', list),
    Collect: counted('Collect', collect),
    Chat: counted('Chat', chat),
  });
  if (reflection) new ReflectionService(definition).addToServer(server);
  new HealthImplementation({ '': 'SERVING', [PATH]: 'NOT_SERVING' }).addToServer(server);
  const port = await bound(server, tls);
  return {
    address: `127.0.0.1:${port}`,
    port,
    calls,
    peers,
    close: () => server.forceShutdown(),
  };
}

const echo: Unary = (call, answer) => answer(null, call.request);

const fail: Unary = ({ request }, answer) => {
  const trailers = new Metadata();
  trailers.set('x-reason', 'asked');
  if (request.with_details === true) trailers.set('grpc-status-details-bin', statusDetails());
  answer({ code: Number(request.code), details: String(request.message), metadata: trailers });
};

const sleep: Unary = ({ request }, answer) => {
  setTimeout(() => answer(null, {}), Number(request.ms));
};

const metadata: Unary = (call, answer) => {
  const seen = Object.fromEntries(
    Object.keys(call.metadata.getMap()).map((name) => [
      name,
      call.metadata
        .get(name)
        .map((value) => (typeof value === 'string' ? value : value.toString('hex')))
        .join(),
    ]),
  );
  const headers = new Metadata();
  headers.set('x-header', 'one');
  headers.add('x-header', 'two');
  headers.set('x-raw-bin', Buffer.from([1, 2, 3]));
  call.sendMetadata(headers);
  const trailers = new Metadata();
  trailers.set('x-trailer', 'last');
  answer(null, { metadata: { ...seen, ':authority': call.getHost() } }, trailers);
};

function list(call: ServerWritableStream<Message, Message>): void {
  const { count, fail_after: failAfter } = call.request;
  for (let i = 0; i < Number(count); i++) {
    if (Number(failAfter) > 0 && i === Number(failAfter)) {
      call.emit('error', { code: status.DATA_LOSS, details: 'lost the rest' });
      return;
    }
    call.write({ text: `line ${i}`, count: i });
  }
  call.end();
}

function collect(
  call: ServerReadableStream<Message, Message>,
  answer: sendUnaryData<Message>,
): void {
  const texts: unknown[] = [];
  call.on('data', ({ text }: Message) => texts.push(text));
  call.on('end', () => answer(null, { count: texts.length, texts }));
}

function chat(call: ServerDuplexStream<Message, Message>): void {
  call.on('data', (line: Message) => call.write({ ...line, text: `re: ${String(line.text)}` }));
  call.on('end', () => call.end());
}

function loaded(): PackageDefinition {
  const folder = mkdtempSync(join(tmpdir(), 'paydrill-protos-'));
  try {
    for (const [name, text] of Object.entries(TEST_PROTOS)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return loadSync('shop/till.proto', { includeDirs: [folder], keepCase: true, longs: String });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function service(definition: PackageDefinition): ServiceDefinition {
  const found = definition[PATH];
  if (found === undefined || 'format' in found) throw new Error(`${PATH} is no service`);
  return found;
}

function bound(
  server: Server,
  tls: { readonly key: string; readonly cert: string; readonly ca?: string } | undefined,
): Promise<number> {
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(
          tls.ca === undefined ? null : Buffer.from(tls.ca),
          [{ private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) }],
          tls.ca !== undefined,
        );
  return new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', credentials, (error, port) =>
      error === null ? resolve(port) : reject(error),
    ),
  );
}

/** `google.rpc.Status`, by hand: code 3, a BadRequest, and a type that nobody defined. */
function statusDetails(): Buffer {
  const field = (number: number, ...inside: (Buffer | string)[]): Buffer => {
    const bytes = Buffer.concat(inside.map((one) => Buffer.from(one)));
    return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
  };
  const any = (type: string, value: Buffer): Buffer =>
    field(3, field(1, `type.googleapis.com/${type}`), field(2, value));
  const violation = field(1, field(1, 'amount'), field(2, 'too small'));
  return Buffer.concat([
    Buffer.from([8, 3]),
    field(2, 'bad'),
    any('google.rpc.BadRequest', violation),
    any('shop.Undefined', Buffer.from([8, 1])),
  ]);
}
