/** k6/http as scripts see it, against a server that says what was asked of it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScriptUnderTest } from '../harness/compile/testing/script-under-test.js';
import { startTestServer, type TestServer } from '../harness/http/testing/test-server.js';

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer();
});

afterEach(() => server.close());

/** Runs `body` as an iteration, `iterations` times on one VU; what it put into `seen`, by way of console.log. */
async function ran(
  body: string,
  {
    options = '{}',
    iterations = 1,
    init = '',
    isAsync = false,
  }: {
    readonly options?: string;
    readonly iterations?: number;
    readonly init?: string;
    readonly isAsync?: boolean;
  } = {},
): Promise<{
  readonly seen: unknown[];
  readonly script: ScriptUnderTest;
  readonly errors: unknown[];
}> {
  const script = await ScriptUnderTest.load(
    `import http from 'k6/http'; import { group, check } from 'k6'; ${init}
    export const options = ${options};
    const URL = ${JSON.stringify(server.url)};
    const see = (value) => console.log(JSON.stringify(value));
    export default ${isAsync ? 'async ' : ''}function () { ${body} }`,
  );
  const errors = await script.iterations(iterations);
  return { seen: script.seen, script, errors };
}

/** What the echo says of one request. */
async function echoed(call: string, init = ''): Promise<Record<string, unknown>> {
  const { seen, errors } = await ran(`see(${call}.json());`, { init });
  expect(errors).toEqual([]);
  return seen[0] as Record<string, unknown>;
}

describe('a request', () => {
  it.each([
    ['get', 'http.get(URL + "/a?b=c%20d")', { method: 'GET', path: '/a?b=c%20d', body: '' }],
    ['post text', 'http.post(URL, "text")', { method: 'POST', body: 'text' }],
    ['post nothing', 'http.post(URL)', { method: 'POST', body: '' }],
    [
      'post a form',
      'http.post(URL, { b: 2, a: "x y&", c: [1, 2], d: null })',
      { body: 'a=x+y%26&b=2&c=1&c=2&d=' },
    ],
    ['post binary', 'http.post(URL, new Uint8Array([104, 105]).buffer)', { body: 'hi' }],
    ['post a view', 'http.post(URL, new Uint8Array([0, 104, 105]).subarray(1))', { body: 'hi' }],
    ['put', 'http.put(URL, "x")', { method: 'PUT', body: 'x' }],
    ['patch', 'http.patch(URL, "x")', { method: 'PATCH', body: 'x' }],
    ['del', 'http.del(URL, "x")', { method: 'DELETE', body: 'x' }],
    ['options', 'http.options(URL)', { method: 'OPTIONS', body: '' }],
    ['request', 'http.request("get", URL + "/r")', { method: 'GET', path: '/r' }],
    ['a template', `http.get(http.url\`\${URL}/items/\${7}\`)`, { path: '/items/7' }],
  ])('%s', async (_what, call, expected) => {
    expect(await echoed(call)).toMatchObject(expected);
  });

  it.each([
    ['says who asks', 'http.get(URL)', { 'user-agent': 'paydrill (k6-compatible)' }],
    [
      'says so as the script has it',
      'http.get(URL, { headers: { "user-agent": "me" } })',
      { 'user-agent': 'me' },
    ],
    [
      'of a form says that it is one',
      'http.post(URL, { a: 1 })',
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    [
      'of a form takes the script at its word',
      'http.post(URL, { a: 1 }, { headers: { "Content-Type": "x/y" } })',
      { 'content-type': 'x/y' },
    ],
    ['of nothing says its length', 'http.post(URL)', { 'content-length': '0' }],
    [
      'carries its cookies',
      'http.get(URL, { cookies: { a: "1", b: { value: "2" } } })',
      { cookie: 'a=1; b=2' },
    ],
    [
      'to user:secret@ is authorised',
      'http.get(URL.replace("//", "//user:secret@"))',
      { authorization: 'Basic dXNlcjpzZWNyZXQ=' },
    ],
    [
      'goes to the host it names',
      'http.get(URL, { headers: { Host: "shop.test" } })',
      { host: 'shop.test' },
    ],
  ])('%s', async (_what, call, headers) => {
    const answer = await echoed(call);
    expect(answer.headers).toMatchObject(headers);
  });

  it('asks for no coding that the script did not ask for', async () => {
    const { headers } = await echoed('http.get(URL)');
    expect(headers).not.toHaveProperty('accept-encoding');
  });

  it('with a file is multipart', async () => {
    const { body, headers } = await echoed(
      'http.post(URL, { f: http.file("data", "a.txt", "text/plain"), n: 5 })',
    );
    expect(headers).toMatchObject({
      'content-type': expect.stringMatching(/^multipart\/form-data; boundary=\w+$/),
    });
    expect(body).toMatch(/name="f"; filename="a.txt"\r\nContent-Type: text\/plain\r\n\r\ndata\r\n/);
    expect(body).toMatch(/name="n"\r\n\r\n5\r\n/);
  });

  it('may be compressed', async () => {
    const { headers, body } = await echoed(
      'http.post(URL, "x".repeat(1000), { compression: "gzip" })',
    );
    expect(headers).toMatchObject({ 'content-encoding': 'gzip' });
    expect(String(body).length).toBeLessThan(100);
  });

  it.each([
    [
      'a header of two lines',
      'http.get(URL, { headers: { a: "b\\r\\nc: d" } })',
      /invalid header field value/,
    ],
    [
      'a header without a name',
      'http.get(URL, { headers: { "": "b" } })',
      /invalid header field name/,
    ],
    ['a time-out that is none', 'http.get(URL, { timeout: "soon" })', /timeout must be/],
    [
      'an auth that is not known',
      'http.get(URL, { auth: "ntlm" })',
      /auth "ntlm" is not supported/,
    ],
    [
      'a compression that is not known',
      'http.post(URL, "x", { compression: "lzma" })',
      /unknown compression/,
    ],
  ])('with %s throws', async (_what, call, message) => {
    const { errors } = await ran(`${call};`);
    expect(String(errors[0])).toMatch(message);
    expect(server.received).toEqual([]);
  });

  it('in init code is refused, with its line', async () => {
    const refused = ran('', { init: 'const early = http.get("http://127.0.0.1:1/");' });
    await expect(refused).rejects.toThrow(/get\(\) waits for an answer, which init code cannot/);
  });
});

describe('a response', () => {
  it('has the fields that k6 gives it', async () => {
    const { seen } = await ran(`const r = http.post(URL + '/a', 'x', { headers: { 'x-y': 'z' } });
      see([r.status, r.status_text, r.url, r.proto, r.remote_ip, r.error, r.error_code, typeof r.body, r.headers['Content-Type'], Object.keys(r.timings).sort(), r.request.method, r.request.headers['X-Y'], r.request.body]);
      see(Object.keys(JSON.parse(JSON.stringify(r))).sort());`);
    expect(seen[0]).toEqual([
      200,
      '200 OK',
      `${server.url}/a`,
      'HTTP/1.1',
      '127.0.0.1',
      '',
      0,
      'string',
      'application/json',
      [
        'blocked',
        'connecting',
        'duration',
        'looking_up',
        'receiving',
        'sending',
        'tls_handshaking',
        'waiting',
      ],
      'POST',
      ['z'],
      'x',
    ]);
    expect(seen[1]).toEqual(
      expect.arrayContaining(['status', 'body', 'headers', 'timings', 'cookies', 'request']),
    );
  });

  it.each(['gzip', 'deflate', 'deflate-raw', 'br'])(
    'that is coded as %s is decoded',
    async (coding) => {
      const { seen } = await ran(`see(http.get(URL + '/coded/${coding}').body);`);
      expect(seen).toEqual(['a text that was coded, a text that was coded']);
    },
  );

  it.each([
    ['text', '"x".repeat(5)'],
    ['binary', 'true'],
    ['none', 'null'],
  ])('of the type %s', async (type, expected) => {
    const { seen } =
      await ran(`const { body } = http.get(URL + '/big/5', { responseType: '${type}' });
      see([body instanceof ArrayBuffer || body, ${expected}]);`);
    const [[body, wanted]] = seen as [[unknown, unknown]];
    expect(body).toEqual(wanted);
  });

  it('has no body where the option says so, unless the request does', async () => {
    const { seen } = await ran(
      `see([http.get(URL).body, http.get(URL, { responseType: 'text' }).status > 0]);`,
      {
        options: '{ discardResponseBodies: true }',
      },
    );
    expect(seen).toEqual([[null, true]]);
  });

  it('reads JSON, and what a path leads to', async () => {
    const { seen } =
      await ran(`const r = http.post(URL, 'x'); r.body = JSON.stringify({ a: { 'b.c': [1, 2] }, list: [{ n: 'x', v: 1 }, { n: 'y', v: 2 }] });
      see([r.json().list.length, r.json('a.b\\\\.c.1'), r.json('list.#'), r.json('list.#.v'), r.json('list.#(n="y").v'), r.json('list.#(v>0)#.n'), r.json('li*.0.n'), r.json('no.way') === undefined]);`);
    expect(seen).toEqual([[2, 2, 2, [1, 2], 2, ['x', 'y'], 'x', true]]);
  });

  it('that is no JSON throws, and gives nothing for a path', async () => {
    const { seen, errors } = await ran(
      `const r = http.get(URL + '/big/5'); see(r.json('a') === undefined); r.json();`,
    );
    expect(seen).toEqual([true]);
    expect(String(errors[0])).toMatch(/cannot parse json/);
  });

  it('of a megabyte is whole', async () => {
    const { seen } = await ran(`see(http.get(URL + '/big/1000000').body.length);`);
    expect(seen).toEqual([1_000_000]);
  });
});

describe('a redirection', () => {
  it('is followed, each hop measured', async () => {
    const { seen, script } = await ran(
      `const r = http.get(URL + '/redirect/3'); see([r.url, r.status]);`,
    );
    expect(seen).toEqual([[`${server.url}/redirect/0`, 200]]);
    expect(script.recorded.requests.map((sample) => sample.tags().status)).toEqual([
      '302',
      '302',
      '302',
      '200',
    ]);
  });

  it.each([
    ['params', "http.get(URL + '/redirect/3', { redirects: 1 })", '{}', '/redirect/2'],
    ['options', "http.get(URL + '/redirect/3')", '{ maxRedirects: 2 }', '/redirect/1'],
    ['params, not at all', "http.get(URL + '/redirect/3', { redirects: 0 })", '{}', '/redirect/3'],
  ])('is followed so far as the %s say', async (_who, call, options, last) => {
    const { seen } = await ran(`const r = ${call}; see([r.url, r.status]);`, { options });
    expect(seen).toEqual([[server.url + last, 302]]);
  });

  it.each([
    [301, 'GET', ''],
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', 'x'],
    [308, 'POST', 'x'],
  ])('%d of a POST becomes %s', async (status, method, body) => {
    expect(
      await echoed(`http.post(URL + '/redirect-to?status=${status}&to=/echo', 'x')`),
    ).toMatchObject({ method, body });
  });
});

describe('cookies', () => {
  it('that a server sets come back, until the iteration ends', async () => {
    const { seen } = await ran(
      `http.get(URL + '/set-cookie?a=1&b=2'); see(http.get(URL).json('headers.cookie') ?? null);
      see(http.cookieJar().cookiesForURL(URL));`,
      { iterations: 2 },
    );
    expect(seen).toEqual(['a=1; b=2', { a: ['1'], b: ['2'] }, 'a=1; b=2', { a: ['1'], b: ['2'] }]);
    const first = server.received.filter(({ url }) => url.startsWith('/set-cookie'));
    expect(first.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined]);
  });

  it('stay over iterations where the option says so', async () => {
    await ran(`http.get(URL + '/set-cookie?a=1');`, {
      iterations: 2,
      options: '{ noCookiesReset: true }',
    });
    expect(server.received.map(({ headers }) => headers.cookie)).toEqual([undefined, 'a=1']);
  });

  it('of a response are told', async () => {
    const { seen } = await ran(
      `see(http.get(URL + '/set-cookie?a=1;%20Path=/x;%20HttpOnly').cookies.a[0]);`,
    );
    expect(seen).toEqual([
      {
        name: 'a',
        value: '1',
        domain: '',
        path: '/x',
        http_only: true,
        secure: false,
        max_age: 0,
        expires: 0,
      },
    ]);
  });

  it('are the script’s to set, to replace and to delete', async () => {
    const { seen } =
      await ran(`const jar = http.cookieJar(); jar.set(URL, 'a', '1'); jar.set(URL, 'b', '2');
      const cookie = (params) => http.get(URL, params).json('headers.cookie') ?? null;
      see(cookie()); see(cookie({ cookies: { a: { value: '9', replace: true } } })); jar.delete(URL, 'a'); see(cookie()); jar.clear(URL); see(cookie());
      const own = new http.CookieJar(); own.set(URL, 'c', '3'); see(cookie({ jar: own }));`);
    expect(seen).toEqual(['a=1; b=2', 'b=2; a=9', 'b=2', null, 'c=3']);
  });
});

describe('authorisation', () => {
  it('by Digest answers the challenge', async () => {
    const { seen, script } =
      await ran(`see(http.get(URL.replace('//', '//user:secret@') + '/digest', { auth: 'digest' }).status);
      see(http.get(URL.replace('//', '//user:wrong@') + '/digest', { auth: 'digest' }).status);`);
    expect(seen).toEqual([200, 401]);
    expect(script.recorded.requests).toHaveLength(4);
  });

  it('basic', async () => {
    const { seen } = await ran(
      `see(http.get(URL.replace('//', '//user:secret@') + '/basic').status);`,
    );
    expect(seen).toEqual([200]);
  });
});

describe('a request that fails', () => {
  it.each([
    ['is refused', '"http://127.0.0.1:1/"', 1212, /^dial: connection refused$/],
    ['has no such host', '"http://no-such-host.invalid/"', /^110[01]$/, /^lookup: /],
    ['is reset', 'URL + "/reset"', 1220, /connection reset by peer/],
    ['gets half an answer', 'URL + "/cut"', 1000, /unexpected EOF/],
    ['gets what is no HTTP', 'URL + "/garbage"', 1000, /malformed HTTP response/],
    ['gets no answer in time', 'URL + "/never", { timeout: "50ms" }', 1050, /^request timeout$/],
    ['has no URL', '"::::"', 1020, /invalid URL/],
    ['has the URL of another protocol', '"ftp://host/"', 1020, /invalid URL/],
    ['gets a body that is not of its coding', 'URL + "/coded/broken"', 1701, /decompress/],
  ])('because it %s is a response with an error', async (_why, args, code, message) => {
    const { seen, script, errors } = await ran(
      `const r = http.get(${args}); see([r.error_code, r.error, r.body]);`,
    );
    expect(errors).toEqual([]);
    const [[gotCode, gotMessage, body]] = seen as [[number, string, unknown]];
    expect(String(gotCode)).toMatch(code instanceof RegExp ? code : new RegExp(`^${code}$`));
    expect(gotMessage).toMatch(message);
    expect(body === null || body === '').toBe(true);
    expect(
      script.recorded.lines.filter((line) => line.startsWith('warn Request Failed')),
    ).toHaveLength(1);
  });

  it('throws where the script wants that', async () => {
    const { errors } = await ran('http.get("http://127.0.0.1:1/");', {
      options: '{ throw: true }',
    });
    expect(String(errors[0])).toMatch(/connection refused/);
  });

  it('has the code of its status from 400 on', async () => {
    const { seen } = await ran(
      `see([418, 503].map((n) => n)); for (const n of [404, 503]) { const r = http.get(URL + '/status/' + n); see([r.status, r.error_code, r.error]); }`,
    );
    expect(seen.slice(1)).toEqual([
      [404, 1404, ''],
      [503, 1503, ''],
    ]);
  });

  it('is told once a thread, however often', async () => {
    const { script } = await ran('http.get("http://127.0.0.1:1/");', { iterations: 3 });
    expect(script.recorded.lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
    expect(script.recorded.requests).toHaveLength(3);
  });
});

describe('what is measured', () => {
  it('each request with k6’s tags', async () => {
    const { script } = await ran(
      `http.get(URL + '/a', { tags: { name: 'page', own: 1 } }); http.get(http.url\`\${URL}/items/\${5}\`); http.get(URL + '/status/500');`,
    );
    const tags = script.recorded.requests.map((sample) => sample.tags());
    expect(tags[0]).toMatchObject({
      name: 'page',
      own: '1',
      method: 'GET',
      status: '200',
      proto: 'HTTP/1.1',
      expected_response: 'true',
    });
    expect(tags[1]?.name).toBe(['', '/items/', ''].join('$' + '{}'));
    expect(tags[2]).toMatchObject({
      status: '500',
      error_code: '1500',
      expected_response: 'false',
    });
    expect(script.recorded.requests.map(({ isExpected }) => isExpected)).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('as expected is what the script expects', async () => {
    const { script } =
      await ran(`http.setResponseCallback(http.expectedStatuses(404, { min: 500, max: 599 }));
      http.get(URL + '/status/404'); http.get(URL + '/status/503'); http.get(URL + '/status/200');
      http.get(URL + '/status/200', { responseCallback: http.expectedStatuses(200) }); http.get(URL, { responseCallback: null });`);
    expect(script.recorded.requests.map(({ isExpected }) => isExpected)).toEqual([
      true,
      true,
      false,
      true,
      undefined,
    ]);
  });
});

describe('connections', () => {
  it('are kept from request to request and from iteration to iteration', async () => {
    await ran('http.get(URL); http.get(URL);', { iterations: 3 });
    expect(new Set(server.received.map(({ connection }) => connection)).size).toBe(1);
  });

  it.each([
    ['noConnectionReuse', 4],
    ['noVUConnectionReuse', 2],
  ])('are ended where %s says so', async (option, connections) => {
    await ran('http.get(URL); http.get(URL);', { iterations: 2, options: `{ ${option}: true }` });
    expect(new Set(server.received.map(({ connection }) => connection)).size).toBe(connections);
  });

  it('go where `hosts` says', async () => {
    const { seen } = await ran(`see(http.get('http://shop.test:9/x').json('headers.host'));`, {
      options: `{ hosts: { 'shop.test:9': ${JSON.stringify(new URL(server.url).host)} } }`,
    });
    expect(seen).toEqual(['shop.test:9']);
  });

  it.each([
    [`{ blockHostnames: ['*.test'] }`, 'http://shop.test/', 1111],
    [`{ blacklistIPs: ['127.0.0.0/8'] }`, 'http://127.0.0.1:9/', 1110],
  ])('are refused where %s forbids them', async (options, url, code) => {
    const { seen } = await ran(`see(http.get('${url}').error_code);`, { options });
    expect(seen).toEqual([code]);
  });
});

describe('batch', () => {
  it('asks all, in the shape of the question', async () => {
    const { seen } =
      await ran(`const list = http.batch([URL + '/a', ['POST', URL + '/b', 'x', { tags: { t: 1 } }], { method: 'PUT', url: URL + '/c', body: 'y' }]);
      see(list.map((r) => r.json('path')));
      const object = http.batch({ one: URL + '/1', two: ['GET', URL + '/2', null, { headers: { z: '1' } }] });
      see([object.one.json('path'), object.two.json('headers.z')]);`);
    expect(seen).toEqual([
      ['/a', '/b', '/c'],
      ['/1', '1'],
    ]);
  });

  it('asks so many at a time as the options say', async () => {
    const { seen } = await ran(
      `const list = []; for (let i = 0; i < 12; i++) list.push(URL + '/delay/30'); see(http.batch(list).length);`,
      {
        options: '{ batch: 20, batchPerHost: 3 }',
      },
    );
    expect(seen).toEqual([12]);
    expect(new Set(server.received.map(({ connection }) => connection)).size).toBe(3);
  });

  it('refuses what is no request', async () => {
    const { errors } = await ran('http.batch([5]);');
    expect(String(errors[0])).toMatch(/invalid batch request 0/);
  });
});

describe('asyncRequest', () => {
  it('goes on meanwhile, and the iteration waits for it', async () => {
    const { seen, errors } = await ran(
      `http.asyncRequest('GET', URL + '/delay/30').then((r) => see(r.status)); see('went on');`,
      { isAsync: true },
    );
    expect(errors).toEqual([]);
    expect(seen).toEqual(['went on', 200]);
  });

  it('is a promise', async () => {
    const { seen } = await ran(
      `const [a, b] = await Promise.all([http.asyncRequest('GET', URL + '/a'), http.asyncRequest('GET', URL + '/b')]); see([a.json('path'), b.json('path')]);`,
      { isAsync: true },
    );
    expect(seen).toEqual([['/a', '/b']]);
  });
});

describe('waiting', () => {
  it('happens inside groups, helpers and loops', async () => {
    const { seen, errors } =
      await ran(`const page = (path) => { const r = http.get(URL + path); check(r, { ok: (x) => x.status === 200 }); return r.json('path'); };
      group('one', () => { see(page('/1')); group('two', () => see(page('/2'))); });
      ['/3', '/4'].forEach((path) => see(page(path)));
      see(['/5', '/6'].map((path) => page(path)));`);
    expect(errors).toEqual([]);
    expect(seen).toEqual(['/1', '/2', '/3', '/4', ['/5', '/6']]);
  });
});

describe('a page', () => {
  const FORM = `<a href="/none">no</a><form action="/echo?kept=1" method="post"><input name="card" value="4 2"><input name="pin" value="">
    <select name="size"><option selected>m</option></select><button type="submit" name="how" value="now">pay</button></form>
    <form id="search" action="/echo?q=a"><input name="q" value="b"></form><p><a id="more" href="echo?page=2">more</a></p>`;
  const page = (then: string): string =>
    `const page = http.get(URL + '/html?of=' + encodeURIComponent(${JSON.stringify(FORM)})); ${then}`;

  it.each([
    [
      'submits its first form',
      'page.submitForm()',
      { method: 'POST', path: '/echo?kept=1', body: 'card=4+2&how=now&pin=&size=m' },
    ],
    [
      'submits it with other fields',
      `page.submitForm({ fields: { pin: 1234, more: 'x' } })`,
      { body: 'card=4+2&how=now&more=x&pin=1234&size=m' },
    ],
    [
      'submits the form that is selected, in the address where it is no post',
      `page.submitForm({ formSelector: '#search' })`,
      { method: 'GET', path: '/echo?q=a&q=b', body: '' },
    ],
    [
      'submits with params',
      `page.submitForm({ params: { headers: { 'X-A': 'b' } } })`,
      { headers: { 'x-a': 'b' } },
    ],
    ['follows its first link', 'page.clickLink()', { method: 'GET', path: '/none' }],
    [
      'follows the link that is selected, from where the page is',
      `page.clickLink({ selector: '#more' })`,
      { method: 'GET', path: '/echo?page=2' },
    ],
  ])('%s', async (_what, call, expected) => {
    const { seen, errors } = await ran(page(`see(${call}.json());`));
    expect(errors).toEqual([]);
    expect(seen[0]).toMatchObject(expected);
  });

  it('can be submitted and followed in helpers, loops and groups', async () => {
    const { seen, errors } = await ran(
      page(`const follow = (from) => from.clickLink({ selector: '#more' });
      group('g', () => { for (const one of [page, page]) see(follow(one).status); [page].forEach((one) => see(one.submitForm().json('method'))); });`),
    );
    expect(errors).toEqual([]);
    expect(seen).toEqual([200, 200, 'POST']);
  });

  it.each([
    [`page.submitForm({ formSelector: '#none' })`, /no form found for selector '#none'/],
    [`page.clickLink({ selector: '#none' })`, /no element found for selector '#none'/],
    [`page.clickLink({ selector: 'p' })`, /no valid href attribute/],
  ])('%s is refused', async (call, expected) => {
    const { errors } = await ran(page(`${call};`));
    expect(String(errors[0])).toMatch(expected);
  });
});
