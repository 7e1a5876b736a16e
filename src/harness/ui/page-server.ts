/**
 * Serves the page of a drill on 127.0.0.1, and to nobody else:
 *
 *   GET  /?token=...        the page
 *   GET  /main.js, ...      its files, the same for every drill: no token is asked for
 *   GET  /news?token=...    server-sent events: `all` for a page that joins, then `news` once a second
 *   POST /halt              ends the load, as Ctrl-C does; only from the page itself
 *   POST /pause, /resume    keeps iterations from starting, lets them start again; only from the page itself
 *   POST /faults/2          begins the third fault of the plan now; only from the page itself
 *
 * Refuses every `Host` that is no loopback name and whoever has not the token (403), and every other path (404).
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { drawToken } from '../entropy/random.js';
import { messageOf } from '../message-of.js';
import { UserError } from '../user-error.js';
import { hasToken, isOfPage, isOwnHost, SAFE_HEADERS, TOKEN_HEADER } from './access.js';
import type { PageFeed } from './live-feed.js';
import { type PageFile, pageFiles } from './page-files.js';
import { NOTHING_TOLD, type Told } from './page-news.js';

export interface PageServerOptions {
  /** 0 to 65535; 0 is any that is free. */
  readonly port: number;
  readonly feed: PageFeed;
  /** Undefined where there is nothing to ask for any more. */
  readonly actions?: PageActions;
}

export interface PageActions {
  readonly halt: () => void;
  /** `index` is from 0; false where its time has come, or there is none. */
  readonly applyFault: (index: number) => boolean;
  /** False where no load runs, or it is so already. */
  readonly pause: (isPaused: boolean) => boolean;
}

export interface PageServer {
  /** `http://127.0.0.1:5665/?token=...`: whoever has it may look and act. */
  readonly url: string;
  /** Tells every page the last news, and ends. */
  close(): Promise<void>;
}

interface Listener {
  readonly response: ServerResponse;
  told: Told;
}

const NEWS_MS = 1000;
/** A page that has not read so much is let go; it joins again by itself, and is told everything. */
const UNREAD_BYTES_MAX = 32 * 1024 * 1024;
/** The last news leave within it, or not at all. */
const CLOSE_MS = 2000;

/** Rejects with UserError where the port cannot be had. */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const pages = new Pages(options);
  const server = createServer((request, response) => pages.answer(request, response));
  pages.port = await listen(server, options.port);
  const telling = setInterval(() => pages.tell(), NEWS_MS);
  return {
    url: `http://127.0.0.1:${pages.port}/?token=${pages.token}`,
    async close() {
      clearInterval(telling);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const hurry = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
      pages.end();
      server.closeIdleConnections();
      await closed;
      clearTimeout(hurry);
    },
  };
}

class Pages {
  port = 0;
  readonly #options: PageServerOptions;
  readonly token = drawToken();
  readonly #files: ReadonlyMap<string, PageFile>;
  readonly #listeners = new Set<Listener>();

  constructor(options: PageServerOptions) {
    this.#options = options;
    this.#files = pageFiles({ acts: options.actions !== undefined });
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value);
    request.resume(); // no body is asked for, none is kept
    const { method, url = '' } = request;
    const [path, query = ''] = url.split('?', 2);
    const isOpen = this.#files.has(url) && url !== '/';
    if (!isOwnHost(request.headers.host, this.port)) {
      refuse(response, 403, 'this page answers to 127.0.0.1 and localhost alone');
    } else if (method === 'POST') {
      this.#act(request, response);
    } else if (method !== 'GET') {
      refuse(response, 405, 'GET and POST alone');
    } else if (isOpen) {
      this.#give(url, response);
    } else if (path !== '/' && path !== '/news') {
      refuse(response, 404, 'there is no such page');
    } else if (!hasToken(query, this.token)) {
      refuse(response, 403, 'open the address that paydrill printed, with its token');
    } else if (path === '/news') {
      this.#join(response);
    } else {
      this.#give(path, response);
    }
  }

  #give(path: string, response: ServerResponse): void {
    const file = this.#files.get(path);
    if (file === undefined) throw new Error(`no file ${path} of the page`);
    response.writeHead(200, { 'content-type': file.type }).end(file.body);
  }

  tell(): void {
    for (const listener of this.#listeners) {
      if (listener.response.writableLength > UNREAD_BYTES_MAX) listener.response.destroy();
      else this.#send(listener, 'news');
    }
  }

  end(): void {
    this.tell();
    for (const { response } of this.#listeners) response.end();
  }

  #act(request: IncomingMessage, response: ServerResponse): void {
    const { host, origin } = request.headers;
    const { actions } = this.#options;
    const fault = /^\/faults\/(\d{1,6})$/.exec(request.url ?? '')?.[1];
    const token = String(request.headers[TOKEN_HEADER]);
    if (!isOfPage({ host, origin, token }, this.token)) {
      refuse(response, 403, 'only the page itself may ask for this');
    } else if (actions !== undefined && request.url === '/halt') {
      actions.halt();
      response.writeHead(204).end();
    } else if (actions !== undefined && (request.url === '/pause' || request.url === '/resume')) {
      const isDone = actions.pause(request.url === '/pause');
      if (isDone) response.writeHead(204).end();
      else refuse(response, 409, 'it is so already, or the load does not run');
    } else if (actions === undefined || fault === undefined) {
      refuse(response, 404, 'there is nothing to ask here');
    } else if (actions.applyFault(Number(fault))) {
      response.writeHead(204).end();
    } else {
      refuse(response, 409, 'its time has come, or the load does not run');
    }
  }

  #join(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', connection: 'close' });
    const listener = { response, told: NOTHING_TOLD };
    this.#listeners.add(listener);
    response.on('close', () => this.#listeners.delete(listener));
    this.#send(listener, 'all');
  }

  #send(listener: Listener, event: 'all' | 'news'): void {
    const { told, response } = listener;
    const news = this.#options.feed.newsSince(told);
    listener.told = {
      rows: told.rows + news.rows.length,
      processes: told.processes + news.processes.length,
      notices: told.notices + news.notices.length,
    };
    response.write(`event: ${event}\ndata: ${JSON.stringify(news)}\n\n`);
  }
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'is in use' : `cannot be had: ${messageOf(cause)}`;
      reject(
        new UserError(`port ${port} for the page ${why}; name another, or 0 for any`, { cause }),
      );
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('no TCP port');
      resolve(address.port);
    });
  });
}
