/**
 * The HTTP edge: the operations of the Bolt edge as JSON, for curl, k6 and everyone else. Loopback only. Every
 * refusal is one line and one code: { "error", "code" }.
 */
import swagger from '@fastify/swagger';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import {
  ACCOUNT_CLASS,
  accountParts,
  formatAccount,
  merchantSubAccount,
  parseAnyAccount,
} from '../../wire/accounts.js';
import { ACK_BYTES } from '../../wire/acks.js';
import type { GatewayStats, Topology } from '../../wire/admin.js';
import { makeOperationId, type OperationIdWords } from '../../wire/operation-id.js';
import { RESULTS, type ResultName } from '../../wire/results.js';
import type { AckSink } from '../payments/ack-sink.js';
import { monotonicMs, randomWord, unixMs } from '../payments/clock.js';
import { splitLoopback } from './bolt-server.js';
import {
  idField,
  type OperationBody,
  OperationRefused,
  type OperationResult,
  operationRecord,
  queryRecord,
  type ReceiptLeg,
  readResult,
} from './http-operation.js';
import * as schemas from './http-schemas.js';
import type { OperationDesk } from './operation-desk.js';

export interface HttpServerOptions {
  readonly desk: OperationDesk;
  readonly topology: () => Topology;
  readonly stats: () => GatewayStats;
}

const BODY_BYTES_MAX = 16 * 1024;

export class HttpServer {
  readonly #app: FastifyInstance;
  readonly #desk: OperationDesk;
  readonly #topology: () => Topology;
  readonly #stats: () => GatewayStats;

  constructor(options: HttpServerOptions) {
    this.#desk = options.desk;
    this.#topology = options.topology;
    this.#stats = options.stats;
    this.#app = Fastify({
      bodyLimit: BODY_BYTES_MAX,
      forceCloseConnections: true,
      ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    });
    this.#app.setErrorHandler((error: FastifyError | OperationRefused, _request, reply) =>
      answerError(error, reply),
    );
    this.#app.setNotFoundHandler((request, reply) =>
      reply
        .code(404)
        .send({ error: `no route ${request.method} ${request.url}`, code: 'no_route' }),
    );
  }

  /** Resolves to `host:port`. */
  async listen(address: string): Promise<string> {
    const { host, port } = splitLoopback(address);
    await this.#app.register(swagger, {
      openapi: {
        info: {
          title: 'paydrill reference payment stack',
          version: '1',
          description:
            'Payments in fen (1/100 CNY). One id of one payer, one effect, for ever: repeat the same body.',
        },
      },
    });
    await this.#app.register(async (app) => this.#routes(app));
    try {
      await this.#app.listen({ host, port });
    } catch (cause) {
      const inUse = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
      const why = inUse ? 'the port is in use' : String(cause);
      throw new Error(`http: cannot listen on ${address}: ${why}`, { cause });
    }
    const bound = this.#app.server.address();
    if (bound === null || typeof bound === 'string') throw new Error('http: no address');
    return `${host}:${bound.port}`;
  }

  async close(): Promise<void> {
    await this.#app.close();
  }

  #routes(app: FastifyInstance): void {
    app.post<{ Body: OperationBody; Headers: { 'idempotency-key'?: string } }>(
      '/v1/operations',
      {
        schema: {
          summary: 'Ask for one payment effect',
          headers: {
            type: 'object',
            properties: { 'idempotency-key': { type: 'string', description: 'alias of id' } },
          },
          body: schemas.operationBody,
          response: schemas.operationResponses,
        },
      },
      async (request, reply) => {
        const id = idOf(request.body, request.headers['idempotency-key']);
        const result = await this.#ask(operationRecord(request.body, id), id);
        return reply.code(statusOf(result)).send(withError(result));
      },
    );
    app.get<{ Params: { id: string }; Querystring: { account: string } }>(
      '/v1/operations/:id',
      {
        schema: {
          summary: 'Look an operation up; changes nothing',
          params: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
          querystring: {
            type: 'object',
            required: ['account'],
            properties: {
              account: { type: 'string', description: 'the user of the operation: user:7' },
            },
          },
          response: {
            200: schemas.operationResult,
            400: schemas.errorBody,
            404: schemas.errorBody,
            422: { ...schemas.errorBody, description: 'the operation is not of this user' },
            503: schemas.errorBody,
            504: schemas.errorBody,
          },
        },
      },
      async (request, reply) => this.#lookup(request.params.id, request.query.account, reply),
    );
    app.get<{ Params: { account: string } }>(
      '/v1/accounts/:account',
      {
        schema: {
          summary: 'Balance of an account',
          params: {
            type: 'object',
            required: ['account'],
            properties: { account: { type: 'string', description: 'user:7, merchant:3, fee@0' } },
          },
          response: {
            200: schemas.accountBalance,
            400: schemas.errorBody,
            404: schemas.errorBody,
            503: schemas.errorBody,
            504: schemas.errorBody,
          },
        },
      },
      async (request, reply) => this.#balance(request.params.account, reply),
    );
    this.#plainRoutes(app);
  }

  #plainRoutes(app: FastifyInstance): void {
    app.get(
      '/v1/topology',
      { schema: { summary: 'Shards and accounts', response: { 200: schemas.topology } } },
      async () => this.#topology(),
    );
    app.get(
      '/v1/stats',
      { schema: { summary: 'What the gateway does now', response: { 200: schemas.stats } } },
      async () => this.#stats(),
    );
    app.get(
      '/health',
      {
        schema: {
          summary: 'Whether every shard is connected',
          response: { 200: schemas.health, 503: schemas.health },
        },
      },
      async (_request, reply) => {
        const { links } = this.#desk.payments;
        const shardsUp = links.filter((link) => link.up).length;
        const status = shardsUp === links.length ? 'ok' : 'degraded';
        const body = { status, shardsUp, shards: links.length };
        return reply.code(status === 'ok' ? 200 : 503).send(body);
      },
    );
    app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  }

  async #lookup(idText: string, accountText: string, reply: FastifyReply): Promise<FastifyReply> {
    const id = idField('id', idText);
    const account = namedAccount(accountText);
    const result = await this.#ask(queryRecord('lookup', account, id), id);
    const status = queryStatusOf(result);
    return reply.code(status).send(status === 200 ? result : errorOf(result));
  }

  async #balance(name: string, reply: FastifyReply): Promise<FastifyReply> {
    const account = namedAccount(name);
    const parts: ReceiptLeg[] = [];
    for (const part of this.#partsOf(account)) {
      const result = await this.#ask(queryRecord('balance', part, undefined), [0, 0, 0, 0]);
      if (result.outcome !== 'ok') {
        return reply.code(queryStatusOf(result)).send(errorOf(result));
      }
      parts.push(...result.receipt);
    }
    const balanceMinor = parts.reduce((sum, part) => sum + part.balanceMinor, 0);
    return reply.send({ account: formatAccount(account), balanceMinor, parts });
  }

  /** A split merchant is one account on each shard. */
  #partsOf(account: number): number[] {
    const { placement } = this.#topology();
    const { accountClass, slot, number } = accountParts(account);
    const isSplit = accountClass === ACCOUNT_CLASS.merchant && slot === 0;
    if (!isSplit || number > placement.splitMerchants) return [account];
    return Array.from({ length: placement.shards }, (_, shard) =>
      merchantSubAccount(number, shard),
    );
  }

  #ask(record: DataView, id: OperationIdWords): Promise<OperationResult> {
    return new Promise((resolve) => {
      const sink = new HttpSink((ack) => resolve(readResult(ack, id)));
      this.#desk.take(record, 0, { sink, nowMs: monotonicMs(), deadlineMs: Infinity }, 0);
    });
  }
}

class HttpSink implements AckSink {
  readonly view = new DataView(new ArrayBuffer(ACK_BYTES));
  readonly #onAck: (ack: DataView) => void;

  constructor(onAck: (ack: DataView) => void) {
    this.#onAck = onAck;
  }

  place(): number {
    return 0;
  }

  placed(): void {
    this.#onAck(this.view);
  }
}

function idOf(body: OperationBody, key: string | undefined): OperationIdWords {
  if (key !== undefined && body.id !== undefined && key.toLowerCase() !== body.id.toLowerCase()) {
    throw new OperationRefused('malformed_operation', 'id and Idempotency-Key differ: give one');
  }
  if (body.id !== undefined) return idField('id', body.id);
  if (key !== undefined) return idField('Idempotency-Key', key);
  return makeOperationId({
    unixMs: unixMs(),
    free12: randomWord(),
    free30: randomWord(),
    free32: randomWord(),
  });
}

function namedAccount(text: string): number {
  const account = parseAnyAccount(text);
  if (account !== undefined) return account;
  throw new OperationRefused(
    'malformed_operation',
    'account: give user:<number> or merchant:<number>',
  );
}

const CONFLICTS = /^(exists_with_different_|pending_transfer_already_|pending_transfer_expired)/;

/** The HTTP status of an operation's result. */
function statusOf(result: OperationResult): number {
  if (result.outcome === 'ok') return 200;
  if (result.outcome === 'unknown') return 504;
  if (isShed(result.code)) return 503;
  if (result.code === 'exceeds_credits' || result.code.startsWith('risk_')) return 402;
  return CONFLICTS.test(result.code) ? 409 : 422;
}

/** Of a question: 200 also where the answer is that the operation was declined. */
function queryStatusOf(result: OperationResult): number {
  if (result.code === 'operation_not_found' || result.code.endsWith('_account_not_found')) {
    return 404;
  }
  if (isShed(result.code)) return 503;
  if (result.code === 'malformed_operation') return 400;
  if (result.outcome === 'unknown' && result.code === 'reference_has_different_accounts')
    return 422;
  return result.outcome === 'unknown' && result.code !== 'tried' ? 504 : 200;
}

const SHED: readonly ResultName[] = [
  'not_admitted',
  'expired_before_execution',
  'shard_unavailable',
];

function isShed(code: string): boolean {
  return SHED.some((name) => name === code);
}

function meaningOf(code: string): string {
  for (const [name, row] of Object.entries(RESULTS)) if (name === code) return row.meaning;
  return code;
}

function withError(result: OperationResult): OperationResult & { readonly error?: string } {
  return result.outcome === 'ok' ? result : { ...result, error: meaningOf(result.code) };
}

function errorOf(result: OperationResult): { readonly error: string; readonly code: string } {
  return { error: meaningOf(result.code), code: result.code };
}

function answerError(error: FastifyError | OperationRefused, reply: FastifyReply): FastifyReply {
  if (error instanceof OperationRefused) {
    return reply.code(400).send({ error: error.message, code: error.code });
  }
  const [problem] = error.validation ?? [];
  if (problem !== undefined) {
    const field = problem.instancePath.slice(1);
    const code: ResultName =
      field === 'amountMinor' ? 'amount_out_of_range' : 'malformed_operation';
    const text = `${field || 'body'}: ${problem.message ?? 'is not valid'}`;
    return reply.code(code === 'amount_out_of_range' ? 422 : 400).send({ error: text, code });
  }
  const status = error.statusCode ?? 500;
  const code = status < 500 ? 'malformed_operation' : 'internal_error';
  return reply.code(status).send({ error: error.message.split('\n', 1)[0] ?? '', code });
}
