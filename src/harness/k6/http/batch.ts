/** `http.batch`: many requests at a time, so many in all and so many to one host; the answers in the shape of the questions. */
import { HttpUrl } from './target-url.js';

/** What to ask: method, URL, body, params. */
export type BatchEntry = readonly [method: string, url: unknown, body: unknown, params: unknown];

/** Throws for what is no request. */
export function batchEntry(given: unknown, key: string): BatchEntry {
  if (typeof given === 'string' || given instanceof HttpUrl)
    return ['GET', given, undefined, undefined];
  if (Array.isArray(given)) {
    const [method, url, ...rest]: unknown[] = given;
    if (url === undefined) throw new Error(`invalid batch request ${key}: it has no URL`);
    const verb = String(method).toUpperCase();
    // As the verbs of the module take them: GET and HEAD have no body.
    return verb === 'GET' || verb === 'HEAD'
      ? [verb, url, rest.length > 1 ? rest[0] : undefined, rest.at(-1)]
      : [verb, url, rest[0], rest[1]];
  }
  if (typeof given === 'object' && given !== null && 'url' in given) {
    const { url } = given;
    const field = (name: string): unknown => (name in given ? Reflect.get(given, name) : undefined);
    return [String(field('method') ?? 'GET').toUpperCase(), url, field('body'), field('params')];
  }
  throw new Error(
    `invalid batch request ${key}: it is neither a URL, a list nor an object with a url`,
  );
}

/** Runs `send` for each, at most `batch` at a time and `perHost` of one host; 0 = no bound. */
export async function inBatches<Result>(
  entries: readonly BatchEntry[],
  bounds: { readonly batch: number; readonly batchPerHost: number },
  send: (entry: BatchEntry) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = entries.map((entry, index) => ({ entry, index, host: hostOf(entry[1]) }));
  const busy = new Map<string, number>();
  const most = bounds.batch > 0 ? bounds.batch : entries.length;
  const mostPerHost = bounds.batchPerHost > 0 ? bounds.batchPerHost : entries.length;
  let running = 0;
  await new Promise<void>((resolve, reject) => {
    const fill = (): void => {
      if (running === 0 && waiting.length === 0) resolve();
      while (running < most) {
        const at = waiting.findIndex(({ host }) => (busy.get(host) ?? 0) < mostPerHost);
        const [next] = at < 0 ? [] : waiting.splice(at, 1);
        if (next === undefined) return;
        running++;
        busy.set(next.host, (busy.get(next.host) ?? 0) + 1);
        send(next.entry).then((result) => {
          results[next.index] = result;
          running--;
          busy.set(next.host, (busy.get(next.host) ?? 0) - 1);
          fill();
        }, reject);
      }
    };
    fill();
  });
  return results;
}

function hostOf(url: unknown): string {
  const text = url instanceof HttpUrl ? url.url : String(url);
  return URL.canParse(text) ? new URL(text).host : '';
}
