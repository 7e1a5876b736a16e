/**
 * The HTTP edge: the operations of the Bolt edge as JSON, for curl, k6 and everyone else. Loopback only. Every
 * refusal is one line and one code: { "error", "code" }. What is asked most, in the shape in which it is asked most, the
 * front (http-front/) answers before it gets here, and answers the same.
 */
import swagger from '@fastify/swagger';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { GatewayStats, Topology } from '../../wire/admin.js';
import { splitLoopback } from './bolt-server.js';
import { answerError, BODY_BYTES_MAX, statusOf, withError } from './http-answers.js';
import { HttpFront } from './http-front/http-front.js';
import { idField, type OperationBody, operationRecord } from './http-operation.js';
import { HttpQueries } from './http-queries.js';
import * as schemas from './http-schemas.js';
import { parseJsonBody } from './json-body.js';
import type { OperationDesk } from './operation-desk.js';
import { OperationRefused } from './operation-refused.js';
import { isShardStats, prometheusText } from './prometheus-text.js';

export interface HttpServerOptions {
  readonly desk: OperationDesk;
  readonly topology: () => Topology;
  readonly stats: () => GatewayStats;
}

export class HttpServer {
  readonly #app: FastifyInstance;
  readonly #desk: OperationDesk;
  readonly #topology: () => Topology;
  readonly #stats: () => GatewayStats;
  readonly #queries: HttpQueries;
  #front: HttpFront | undefined;

  constructor(options: HttpServerOptions) {
    this.#desk = options.desk;
    this.#topology = options.topology;
    this.#stats = options.stats;
    this.#queries = new HttpQueries(options.desk, () => options.topology().placement);
    this.#app = Fastify({
      bodyLimit: BODY_BYTES_MAX,
      forceCloseConnections: true,
      ajv: { customOptions: { coerceTypes: false, removeAdditional: false, discriminator: true } },
    });
    this.#app.removeAllContentTypeParsers();
    this.#app.addContentTypeParser(
      'application/json',
      { parseAs: 'string' },
      async (_request: FastifyRequest, text: string) => parseJsonBody(text),
    );
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
      refResolver: { buildLocalReference: (schema) => String(schema.$id) },
      openapi: {
        info: {
          title: 'paydrill reference payment stack',
          version: '1',
          description:
            'Payments in fen (1/100 CNY). One id of one payer, one effect, for ever: repeat the same body.',
        },
      },
    });
    for (const schema of schemas.operationBodies) this.#app.addSchema(schema);
    await this.#app.register(async (app) => {
      const allowed = methodsByPath(app);
      this.#routes(app);
      refuseOtherMethods(app, allowed);
    });
    await this.#app.ready();
    this.#front = new HttpFront(this.#app.server, { desk: this.#desk, queries: this.#queries });
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
    this.#front?.close();
    await this.#app.close();
  }

  #routes(app: FastifyInstance): void {
    app.post<{ Body: OperationBody; Headers: { 'idempotency-key'?: string } }>(
      '/v1/operations',
      {
        schema: {
          operationId: 'ask',
          summary: 'Ask for one payment effect',
          body: schemas.operationBody,
          response: schemas.operationResponses,
        },
        preValidation: async (request) => takeKey(request.body, request.headers['idempotency-key']),
      },
      async (request, reply) => {
        const id = idField('id', request.body.id);
        const result = await this.#queries.ask(operationRecord(request.body, id), id);
        return reply.code(statusOf(result)).send(withError(result));
      },
    );
    app.get<{ Params: { id: string }; Querystring: { account: string } }>(
      '/v1/operations/:id',
      {
        schema: {
          operationId: 'lookUp',
          summary: 'Look an operation up; changes nothing',
          params: { type: 'object', properties: { id: schemas.operationId }, required: ['id'] },
          querystring: {
            type: 'object',
            required: ['account'],
            properties: {
              account: { ...schemas.user, description: 'the user of the operation: user:7' },
            },
          },
          response: {
            200: schemas.operationResult,
            400: schemas.errorBody,
            404: schemas.notFoundBody,
            422: { ...schemas.errorBody, description: 'the operation is not of this user' },
            503: schemas.errorBody,
            504: schemas.errorBody,
          },
        },
      },
      async (request, reply) => {
        const answer = await this.#queries.lookUp(request.params.id, request.query.account);
        return reply.code(answer.status).send(answer.body);
      },
    );
    app.get<{ Params: { account: string } }>(
      '/v1/accounts/:account',
      {
        schema: {
          operationId: 'balance',
          summary: 'Balance of an account',
          params: {
            type: 'object',
            required: ['account'],
            properties: { account: schemas.anyAccount },
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
      async (request, reply) => {
        const answer = await this.#queries.balance(request.params.account);
        return reply.code(answer.status).send(answer.body);
      },
    );
    this.#plainRoutes(app);
  }

  #plainRoutes(app: FastifyInstance): void {
    app.get(
      '/v1/topology',
      {
        schema: {
          operationId: 'topology',
          summary: 'Shards and accounts',
          response: { 200: schemas.topology },
        },
      },
      async () => this.#topology(),
    );
    app.get(
      '/v1/stats',
      {
        schema: {
          operationId: 'stats',
          summary: 'What the gateway does now',
          response: { 200: schemas.stats },
        },
      },
      async () => this.#stats(),
    );
    app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
      const links = this.#desk.payments.links.filter((link) => link.up);
      const asked = await Promise.allSettled(links.map((link) => link.request({ op: 'stats' })));
      // A shard that was lost while it was asked has no figures this time.
      const answers = asked.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
      const stats = answers.filter(isShardStats);
      reply.type('text/plain; version=0.0.4; charset=utf-8');
      return prometheusText(this.#stats(), { up: links.length, stats });
    });
    app.get(
      '/health',
      {
        schema: {
          operationId: 'health',
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
    app.get('/openapi.json', { schema: { hide: true } }, async (request) => ({
      ...app.swagger(),
      servers: [{ url: `http://${request.host}` }],
    }));
  }
}

/** Fills with the methods of each path whose routes are registered from now on. */
function methodsByPath(app: FastifyInstance): ReadonlyMap<string, Set<string>> {
  const allowed = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = allowed.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    allowed.set(url, methods);
  });
  return allowed;
}

/** A path that is there, asked with a method that it has not, says which it has (RFC 9110, 15.5.6). */
function refuseOtherMethods(
  app: FastifyInstance,
  allowed: ReadonlyMap<string, ReadonlySet<string>>,
): void {
  for (const [url, methods] of new Map(allowed)) {
    const allow = [...methods].sort().join(', ');
    const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const error = `${request.method} ${request.url}: this path has ${allow}`;
      return reply.code(405).header('allow', allow).send({ error, code: 'method_not_allowed' });
    };
    app.route({
      url,
      method: app.supportedMethods.filter((method) => !methods.has(method)),
      schema: { hide: true },
      // before the body is read: what it is does not matter
      onRequest: answer,
      handler: answer,
    });
  }
}

/**
 * The header is an alias of the field: for clients that keep their key there. Bare or in quotes, as the draft of the HTTP header
 * writes it (draft-ietf-httpapi-idempotency-key-header).
 */
function takeKey(body: unknown, header: string | undefined): void {
  const key = header?.replace(/^"(.*)"$/, '$1');
  if (key === undefined || typeof body !== 'object' || body === null || Array.isArray(body)) return;
  if (!('id' in body)) {
    Object.assign(body, { id: key });
    return;
  }
  if (typeof body.id === 'string' && body.id.toLowerCase() === key.toLowerCase()) return;
  throw new OperationRefused('malformed_operation', 'id and Idempotency-Key differ: give one');
}
