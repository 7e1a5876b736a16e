/** The server on real sockets: who is let in, what pages are told, and that nothing of outside can become markup. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { lawRows } from '../report/law-rows.js';
import { NO_CURVES } from '../report/percentile-curves.js';
import { LOST_PAYMENT } from '../report/testing/sample-life.js';
import { INVALID, sampleMetrics, TICK, VALID } from '../report/testing/sample-run.js';
import { finishedFeed } from './finished-feed.js';
import { LiveFeed } from './live-feed.js';
import { type PageServer, startPageServer } from './page-server.js';

const NO_FAULTS = {
  ...{ processes: [], faults: [], declinesByCode: { exceeds_credits: 3 } },
  details: () => VALID,
  curves: () => NO_CURVES,
  pauses: [],
  laws: { names: [], judged: [] },
};
let server: PageServer | undefined;
let halted = 0;

afterEach(async () => {
  await server?.close();
  server = undefined;
  halted = 0;
});

async function serve(feed = new LiveFeed('night.ts')): Promise<URL> {
  server = await startPageServer({
    port: 0,
    feed,
    actions: {
      halt: () => halted++,
      applyFault: (index) => feed.applyFault(index),
      pause: (isPaused) => feed.pause(isPaused),
    },
  });
  return new URL(server.url);
}

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends the headers as they are, as a browser would that was told another name. */
async function ask(url: URL, { method = 'GET', path, headers = {} }: Asked = {}) {
  const sent = request(url, { method, path: path ?? `/${url.search}`, headers });
  sent.end();
  const [answer]: IncomingMessage[] = await once(sent, 'response');
  let body = '';
  for await (const chunk of answer) body += String(chunk);
  return { status: answer.statusCode, headers: answer.headers, body };
}

function tokenOf(url: URL): string {
  return url.searchParams.get('token') ?? '';
}

/** The events of a page that joins, one at a time. */
async function* newsOf(url: URL) {
  const answer = await fetch(new URL(`/news${url.search}`, url));
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += new TextDecoder().decode(chunk);
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      yield { event, news: JSON.parse(data ?? '') };
    }
  }
}

describe('the page of a drill', () => {
  it('answers to loopback names alone, whatever is asked for', async () => {
    const url = await serve();
    for (const path of ['/', '/main.js', '/news', '/halt']) {
      const { status, body } = await ask(url, {
        path,
        headers: { host: `evil.example:${url.port}` },
      });
      expect([status, body]).toEqual([403, expect.stringContaining('localhost alone')]);
    }
    expect((await ask(url, { headers: { host: `localhost:${url.port}` } })).status).toBe(200);
  });

  it('shows nothing of the drill to whoever has not the token of its address', async () => {
    const url = await serve();
    const token = tokenOf(url);
    expect(token.length).toBeGreaterThanOrEqual(32);
    const wrong = ['', '?token=', `?token=${token.slice(1)}`, `?token=${token}x`, `?x=${token}`];
    for (const path of ['/', '/news'])
      for (const query of wrong) {
        const { status, body } = await ask(url, { path: `${path}${query}` });
        expect([status, body]).toEqual([
          403,
          expect.stringContaining('address that paydrill printed'),
        ]);
      }
    const { status, body } = await ask(url);
    expect([status, body.includes(token)]).toEqual([200, false]);
    expect((await ask(url, { path: '/main.js' })).status).toBe(200);
  });

  it('halts for the page itself, and for nobody else', async () => {
    const url = await serve();
    const token = tokenOf(url);
    const halt = (headers: Record<string, string>) =>
      ask(url, { method: 'POST', path: '/halt', headers });
    expect((await halt({})).status).toBe(403);
    expect((await halt({ origin: url.origin })).status).toBe(403);
    expect((await halt({ 'x-paydrill-token': token })).status).toBe(403);
    const elsewhere = { origin: 'http://evil.example', 'x-paydrill-token': token };
    expect((await halt(elsewhere)).status).toBe(403);
    expect((await ask(url, { path: '/halt', headers: { origin: url.origin } })).status).toBe(404);
    expect(halted).toBe(0);
    expect((await halt({ origin: url.origin, 'x-paydrill-token': token })).status).toBe(204);
    expect(halted).toBe(1);
  });

  it('begins a fault of the plan for the page itself, while its time has not come', async () => {
    const feed = new LiveFeed('night.ts');
    const url = await serve(feed);
    const asked: number[] = [];
    const headers = { origin: url.origin, 'x-paydrill-token': tokenOf(url) };
    const apply = async (path: string, given: Record<string, string> = headers) =>
      (await ask(url, { method: 'POST', path, headers: given })).status;
    expect(await apply('/faults/1')).toBe(409);
    feed.onReady({
      applyFault: (index) => asked.push(index) > 0 && index === 1,
      pause: () => false,
    });
    expect(await apply('/faults/1')).toBe(204);
    expect(await apply('/faults/0')).toBe(409);
    expect(await apply('/faults/1', {})).toBe(403);
    for (const path of ['/faults/-1', '/faults/x', '/faults/', '/faults'])
      expect(await apply(path)).toBe(404);
    expect(asked).toEqual([1, 0]);
  });

  it('pauses the load and lets it go on for the page itself, and says so where nothing came of it', async () => {
    const feed = new LiveFeed('night.ts');
    const url = await serve(feed);
    const asked: boolean[] = [];
    const headers = { origin: url.origin, 'x-paydrill-token': tokenOf(url) };
    const order = async (path: string, given: Record<string, string> = headers) =>
      (await ask(url, { method: 'POST', path, headers: given })).status;
    expect(await order('/pause')).toBe(409);
    feed.onReady({ applyFault: () => false, pause: (isPaused) => asked.push(isPaused) < 3 });
    expect([await order('/pause'), await order('/resume'), await order('/pause')]).toEqual([
      204, 204, 409,
    ]);
    expect(await order('/pause', {})).toBe(403);
    expect(asked).toEqual([true, false, true]);
  });

  it('lets nothing run, load or frame but its own files', async () => {
    const url = await serve();
    const { headers, body } = await ask(url);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toMatch(/unsafe|http|\*|data:/);
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(body).not.toMatch(/<script(?![^>]*src=)|<style|style=|\son\w+=|https?:/);
  });

  it('serves no file but those of the page', async () => {
    const url = await serve();
    for (const path of ['/../package.json', '/%2e%2e/package.json', '/main.js?x', '/page-news.js'])
      expect((await ask(url, { path })).status).toBe(404);
    expect((await ask(url, { method: 'PUT' })).status).toBe(405);
  });

  it('tells a page that joins late everything, then only what is new, then the verdict', async () => {
    const feed = new LiveFeed('night.ts');
    const url = await serve(feed);
    const rows = sampleMetrics();
    feed.onPhase('load');
    feed.onSecond({ rows: rows.slice(0, 2), ...NO_FAULTS });
    const early = newsOf(url);
    const { value: first } = await early.next();
    const known = {
      phase: 'load',
      rows: rows.slice(0, 2),
      declines_by_code: { exceeds_credits: 3 },
    };
    expect(first).toMatchObject({ event: 'all', news: known });
    feed.onSecond({ rows: rows.slice(0, 3), ...NO_FAULTS });
    feed.onNotice('kill shard-0: applied');
    const { value: second } = await early.next();
    expect(second).toMatchObject({ event: 'news', news: { rows: rows.slice(2, 3) } });
    const { value: late } = await newsOf(url).next();
    expect(late?.news.rows).toEqual(rows.slice(0, 3));
    expect(late?.news.notices).toEqual([expect.stringContaining('kill shard-0: applied')]);
    const summary = INVALID;
    feed.onEnd({ folder: 'reports/x', summary });
    const closed = server?.close();
    const rest = [];
    for await (const one of early) rest.push(one.news);
    await closed;
    expect(rest.at(-1).end).toMatchObject({ exit_code: summary.exit_code });
    const names = summary.laws.map(({ name }) => name);
    expect(rest.at(-1).laws).toEqual(lawRows(names, summary.laws));
  });

  it('hands over what acts unseen as what it looks like', async () => {
    const feed = new LiveFeed('a\u202eb.ts');
    feed.onTick({ ...TICK, stage: 'one\u001b[2J' });
    feed.onNotice('script: </script>\nevent: all\ndata: {}');
    const { value } = await newsOf(await serve(feed)).next();
    expect(value?.news.script).toBe('a\\u202eb.ts');
    expect(value?.news.tick.stage).toBe('one\\x1b[2J');
    expect(value?.news.notices[0]).toContain('</script>\\nevent: all\\ndata: {}');
  });

  it('of a finished run has it whole, and nothing to halt', async () => {
    const [summary, metrics] = [INVALID, sampleMetrics()];
    const feed = finishedFeed({
      folder: 'reports/x',
      summary,
      metrics,
      processes: [],
      curves: NO_CURVES,
      life: LOST_PAYMENT,
    });
    server = await startPageServer({ port: 0, feed });
    const url = new URL(server.url);
    const { value } = await newsOf(url).next();
    expect(value?.news).toMatchObject({ rows: metrics, faults: summary.faults });
    const headers = { origin: url.origin, 'x-paydrill-token': tokenOf(url) };
    expect((await ask(url, { method: 'POST', path: '/halt', headers })).status).toBe(404);
  });

  it('is not begun on a port that somebody has', async () => {
    const { port } = await serve();
    const second = startPageServer({ port: Number(port), feed: new LiveFeed('night.ts') });
    await expect(second).rejects.toThrow(`port ${port} for the page is in use; name another`);
    await expect(second).rejects.toMatchObject({ exitCode: 104 });
  });
});
