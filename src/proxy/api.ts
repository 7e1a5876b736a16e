/**
 * The control API of Toxiproxy 2.12 over HTTP: routes, statuses, bodies and the order of checks. It parses and
 * answers; what a request means is in proxies.ts and proxy.ts. Requests that change something run one after the
 * other, and each is bounded: there is no lock that traffic could hold (the hang of Toxiproxy issues 500 and 558).
 *
 *   GET    /proxies                      POST   /proxies             POST /populate   POST /reset   GET /version   GET /metrics
 *   GET    /proxies/{p}                  POST or PATCH /proxies/{p}                   DELETE /proxies/{p}
 *   GET    /proxies/{p}/toxics           POST   /proxies/{p}/toxics
 *   GET    /proxies/{p}/toxics/{t}       POST or PATCH ...           DELETE ...
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ApiError } from './errors.js';
import type { Proxies, ProxyRequest } from './proxies.js';
import type { TcpProxy } from './proxy.js';
import {
  asFields,
  booleanField,
  type Fields,
  misfit,
  numberField,
  readJson,
  textField,
} from './request-body.js';

/** The version whose API this is; the suffix is SemVer build metadata. */
const VERSION = '2.12.0+paydrill';

interface Answer {
  readonly status: number;
  /** Undefined: no body, unless there is a text. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly text?: string;
  /** Of the text; JSON without it. */
  readonly type?: string;
}

/** What a route gets: the names in its path and the way to its body. */
interface Call {
  readonly proxies: Proxies;
  readonly proxyName: string;
  readonly toxicName: string;
  readonly json: () => Promise<unknown>;
}

type Handler = (call: Call) => Answer | Promise<Answer>;
type Methods = Readonly<Record<string, Handler>>;

export function createApi(proxies: Proxies): Server {
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    last = last.then(work, work);
    return last;
  };
  const server = createServer((request, response) => {
    const url = request.url ?? '/';
    const cleaned = cleanPath(url);
    if (cleaned !== undefined) return void response.writeHead(301, { Location: cleaned }).end();
    const route = findRoute(url);
    if (route === undefined) return sendText(response, 404, '404 page not found\n');
    const handler = route.methods[request.method ?? ''];
    if (handler === undefined) return void response.writeHead(405).end();
    response.setHeader('X-Toxiproxy-Request-Id', randomUUID());
    // Browsers may not drive the proxy (cross-site requests, DNS rebinding).
    if (request.headers['user-agent']?.startsWith('Mozilla/')) {
      return sendText(response, 403, 'User agent not allowed\n');
    }
    void serve({ request, response, proxies, route, handler, inTurn });
  });
  server.requestTimeout = 15_000;
  return server;
}

/** Where a path with `//` or dots in it leads, as a Go server says; undefined for one without. */
function cleanPath(url: string): string | undefined {
  const [path = '', ...query] = url.split('?');
  if (!/\/\/|\/\.{1,2}(\/|$)/.test(path)) return undefined;
  const { pathname } = new URL(`http://proxy${path.replaceAll(/\/{2,}/g, '/')}`);
  return [pathname, ...query].join('?');
}

interface Route {
  readonly methods: Methods;
  readonly proxyName: string;
  readonly toxicName: string;
}

/** Undefined for a path that is not the API's. */
function findRoute(url: string): Route | undefined {
  const path = url.split('?', 1)[0];
  const parts: string[] = [];
  for (const part of path.split('/').slice(1)) {
    try {
      parts.push(decodeURIComponent(part));
    } catch {
      return undefined; // a malformed escape names nothing
    }
  }
  const [first, proxyName = '', toxics, toxicName = ''] = parts;
  if (parts.includes('') || parts.length > 4) return undefined;
  const found = (methods: Methods): Route => ({ methods, proxyName, toxicName });
  if (parts.length === 1 && Object.hasOwn(TOP_ROUTES, first)) return found(TOP_ROUTES[first]);
  if (first !== 'proxies') return undefined;
  if (parts.length === 2) return found(PROXY_ROUTES);
  if (toxics !== 'toxics') return undefined;
  return found(parts.length === 3 ? TOXICS_ROUTES : TOXIC_ROUTES);
}

async function serve(parts: {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly proxies: Proxies;
  readonly route: Route;
  readonly handler: Handler;
  readonly inTurn: (work: () => Promise<void>) => Promise<void>;
}): Promise<void> {
  const { request, response, proxies, route, handler } = parts;
  // The body is read before the turn is taken, so that a slow sender holds up nobody; but what is wrong with it
  // is said only when the handler asks: a missing proxy comes first.
  const body = await readJson(request).then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error;
    },
  );
  await parts.inTurn(async () => {
    try {
      const { proxyName, toxicName } = route;
      const answer = await handler({ proxies, proxyName, toxicName, json: async () => body() });
      sendAnswer(response, answer);
    } catch (error) {
      sendError(response, error);
    }
  });
}

const TOP_ROUTES: Readonly<Record<string, Methods>> = {
  version: {
    // Clients compare these bytes (api_test.go), space and line feed included.
    GET: () => ({ status: 200, text: `{"version": "${VERSION}"}\n` }),
  },
  metrics: {
    GET: async ({ proxies }) => {
      // Loaded where somebody scrapes.
      const { metricsText } = await import('./metrics-text.js');
      return { status: 200, ...(await metricsText(proxies.all())) };
    },
  },
  reset: {
    POST: async ({ proxies }) => {
      await proxies.reset();
      return { status: 204 };
    },
  },
  populate: {
    POST: async ({ proxies, json }) => {
      try {
        const { proxies: made, failure } = await populate(proxies, (await json()) ?? []);
        return populateAnswer(made, failure);
      } catch (error) {
        if (error instanceof ApiError) return populateAnswer([], error);
        throw error;
      }
    },
  },
  proxies: {
    GET: ({ proxies }) => ({ status: 200, json: proxies.views() }),
    POST: async ({ proxies, json }) => {
      const proxy = await proxies.add(proxyRequest(await json(), PROXY));
      return { status: 201, json: proxy.view() };
    },
  },
};

const updateProxy: Handler = async ({ proxies, proxyName, json }) => {
  const proxy = proxies.get(proxyName);
  const had = proxy.view();
  const { listen, upstream, enabled } = proxyRequest(await json(), PROXY, had);
  await proxy.update({ listen, upstream, enabled });
  return { status: 200, json: proxy.view() };
};

const PROXY_ROUTES: Methods = {
  GET: ({ proxies, proxyName }) => ({ status: 200, json: proxies.get(proxyName).view() }),
  POST: updateProxy,
  PATCH: updateProxy,
  DELETE: async ({ proxies, proxyName }) => {
    await proxies.remove(proxyName);
    return { status: 204 };
  },
};

const TOXICS_ROUTES: Methods = {
  GET: ({ proxies, proxyName }) => {
    const toxics = proxies.get(proxyName).toxics.all();
    return { status: 200, json: toxics.map((toxic) => toxic.view()) };
  },
  POST: async ({ proxies, proxyName, json }) => {
    const proxy = proxies.get(proxyName);
    const fields = asFields(await json(), 'Go value of type toxics.ToxicWrapper');
    const text = (key: string, absent: string): string =>
      textField(fields, key, { absent, of: 'ToxicWrapper' });
    const toxic = proxy.addToxic({
      name: text('name', ''),
      type: text('type', ''),
      stream: text('stream', 'downstream'),
      toxicity: numberField(fields, 'toxicity', 'ToxicWrapper') ?? 1,
      attributes: attributeFields(fields, 'ToxicWrapper.attributes of type toxics.NoopToxic'),
    });
    return { status: 200, json: toxic.view() };
  },
};

const updateToxic: Handler = async ({ proxies, proxyName, toxicName, json }) => {
  const proxy = proxies.get(proxyName);
  const { kind } = proxy.toxics.get(toxicName);
  const fields = asFields(await json(), `Go value of type ${CHANGE}`);
  const toxic = proxy.updateToxic(toxicName, {
    toxicity: numberField(fields, 'toxicity', ''),
    attributes: attributeFields(fields, `.attributes of type toxics.${kind.goType}`),
  });
  return { status: 200, json: toxic.view() };
};

const TOXIC_ROUTES: Methods = {
  GET: ({ proxies, proxyName, toxicName }) => ({
    status: 200,
    json: proxies.get(proxyName).toxics.get(toxicName).view(),
  }),
  POST: updateToxic,
  PATCH: updateToxic,
  DELETE: ({ proxies, proxyName, toxicName }) => {
    proxies.get(proxyName).removeToxic(toxicName);
    return { status: 204 };
  },
};

/** What a body of /populate asks for. Rejects with an ApiError where it is none. */
export async function populate(proxies: Proxies, body: unknown): ReturnType<Proxies['populate']> {
  if (!Array.isArray(body)) throw misfit(body, `Go value of type []${POPULATED}`);
  return proxies.populate(body.map((one) => proxyRequest(one, POPULATED)));
}

/** Unlike other failures, one of populate says in JSON what was made before it. */
function populateAnswer(made: readonly TcpProxy[], failure: ApiError | undefined): Answer {
  const proxies = made.length > 0 ? made.map((proxy) => proxy.view()) : null;
  if (failure === undefined) return { status: 201, json: { proxies } };
  const { message, status } = failure;
  return { status, json: { error: message, status, proxies } };
}

/** `had`: what holds where the body does not say. */
function proxyRequest(
  body: unknown,
  goType: string,
  had: Omit<ProxyRequest, 'name'> = { listen: '', upstream: '', enabled: true },
): ProxyRequest {
  const fields = asFields(body, `Go value of type ${goType}`);
  const text = (key: string, absent: string): string =>
    textField(fields, key, { absent, of: 'Proxy' });
  return {
    name: text('name', ''),
    listen: text('listen', had.listen),
    upstream: text('upstream', had.upstream),
    enabled: booleanField(fields, 'enabled', { absent: had.enabled, of: 'Proxy' }),
  };
}

/** What Toxiproxy reads bodies into, as Go names it. */
const PROXY = 'toxiproxy.Proxy';
const POPULATED = 'struct { toxiproxy.Proxy; Enabled *bool "json:\\"enabled\\"" }';
const CHANGE =
  'struct { Attributes interface {} "json:\\"attributes\\""; Toxicity float32 "json:\\"toxicity\\"" }';

function attributeFields(fields: Fields, goField: string): Fields {
  return asFields(fields.get('attributes'), `Go struct field ${goField}`);
}

function sendAnswer(response: ServerResponse, answer: Answer): void {
  if (answer.text !== undefined) {
    response.writeHead(answer.status, {
      'Content-Type': answer.type ?? 'application/json;charset=utf-8',
    });
    response.end(answer.text);
    return;
  }
  if (answer.json === undefined) {
    response.writeHead(answer.status).end();
    return;
  }
  response.writeHead(answer.status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(answer.json));
}

function sendError(response: ServerResponse, error: unknown): void {
  const { message, status } =
    error instanceof ApiError
      ? error
      : { message: error instanceof Error ? error.message : 'unknown error', status: 500 };
  sendText(response, status, `${JSON.stringify({ error: message, status })}\n`);
}

/** Go's http.Error, which Toxiproxy's errors go through: JSON in a text/plain coat. */
function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(text);
}
