/** k6/crypto, k6/html and k6/timers as scripts see them. */
import { describe, expect, it } from 'vitest';
import { ScriptUnderTest } from '../harness/compile/testing/script-under-test.js';

/** What the expression is, as JSON. */
async function value(imports: string, expression: string): Promise<unknown> {
  const script = await ScriptUnderTest.load(
    `${imports}; export default function () { console.log(JSON.stringify(${expression})); }`,
  );
  const ended = await script.iterate(script.users.create(1));
  if (ended?.end !== 'completed') throw ended?.error;
  return JSON.parse(script.recorded.lines[0]?.slice('info '.length) ?? 'null');
}

describe('k6/crypto', () => {
  const crypto = (expression: string): Promise<unknown> =>
    value("import crypto, { createHash, createHMAC, hmac, sha256 } from 'k6/crypto'", expression);
  // Of the digests of "hello": RFC 1321, FIPS 180-4 and RIPEMD-160 by `openssl dgst`.
  it.each([
    ["crypto.md5('hello', 'hex')", '5d41402abc4b2a76b9719d911017c592'],
    ["crypto.sha1('hello', 'hex')", 'aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d'],
    ["sha256('hello', 'hex')", '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'],
    ["sha256('hello', 'base64')", 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ='],
    ["sha256('hello', 'base64url')", 'LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ='],
    ["sha256('hello', 'base64rawurl')", 'LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ'],
    ["new Uint8Array(sha256('hello', 'binary')).length", 32],
    ["sha256(new Uint8Array([104, 101, 108, 108, 111]).buffer, 'hex').slice(0, 8)", '2cf24dba'],
    ["crypto.ripemd160('hello', 'hex')", '108f07b8382412612c048d07d13f814118445acd'],
    ["crypto.sha512_256('hello', 'hex').length", 64],
    // RFC 4231, test case 2.
    [
      "hmac('sha256', 'Jefe', 'what do ya want for nothing?', 'hex')",
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      "(() => { const h = createHash('md5'); h.update('hel'); h.update('lo'); h.digest('hex'); return h.digest('hex'); })()",
      '5d41402abc4b2a76b9719d911017c592',
    ],
    [
      "(() => { const h = createHMAC('sha256', 'Jefe'); h.update('what do ya want '); h.update('for nothing?'); return h.digest('hex'); })()",
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    // RFC 1320; the HMAC is OpenSSL's.
    ["crypto.md4('abc', 'hex')", 'a448017aaf21d8525fc10ae87aa6729d'],
    [
      "hmac('md4', 'Jefe', 'what do ya want for nothing?', 'hex')",
      'be192c588a8e914d8a59b474a828128f',
    ],
    [
      "(() => { const h = createHash('md4'); h.update('a'); h.update('bc'); h.digest('hex'); return h.digest('hex'); })()",
      'a448017aaf21d8525fc10ae87aa6729d',
    ],
    ['crypto.randomBytes(7).byteLength', 7],
  ])('%s', async (expression, expected) => {
    expect(await crypto(expression)).toBe(expected);
  });

  it.each([
    ["crypto.createHash('rot13')", /invalid algorithm: rot13/],
    ["sha256('x', 'utf8')", /invalid output encoding: utf8/],
    ["sha256(5, 'hex')", /a text or an ArrayBuffer is wanted, got number/],
    ['crypto.randomBytes(0)', /invalid size/],
  ])('%s throws', async (expression, message) => {
    await expect(crypto(expression)).rejects.toThrow(message);
  });
});

const PAGE = `<html><head><title>Shop</title></head><body>
  <ul id="list" data-kind="shoes"><li class="a first">one</li><li class="b">two <b>bold</b></li><li class="a">three</li></ul>
  <form action="/pay" method="POST"><input name="card" value="42"><input type="checkbox" name="keep" value="yes" checked><input type="checkbox" name="not" value="no">
  <select name="size"><option value="s">S</option><option value="m" selected>M</option></select><textarea name="note">hi</textarea></form>
  <a href="/next?x=1">next</a></body></html>`;

describe('k6/html', () => {
  const html = (expression: string): Promise<unknown> =>
    value(
      `import { parseHTML } from 'k6/html'; const doc = parseHTML(${JSON.stringify(PAGE)})`,
      expression,
    );
  it.each<[string, unknown]>([
    ["doc.find('title').text()", 'Shop'],
    ["doc.find('li').size()", 3],
    ["doc.find('li').eq(1).html()", 'two <b>bold</b>'],
    ["doc.find('li').first().next().text()", 'two bold'],
    ["doc.find('li').last().prevAll().size()", 2],
    ["doc.find('li.a').map((i, s) => i + s.text())", ['0one', '1three']],
    ["doc.find('li').filter((i, e) => e.classList().includes('a')).size()", 2],
    ["doc.find('li').not('.a').text()", 'two bold'],
    ["doc.find('li').not(doc.find('.b')).size()", 2],
    ["doc.find('li').is('.b')", true],
    ["doc.find('b').closest('ul').attr('id')", 'list'],
    ["doc.find('b').parents().size()", 4],
    ["doc.find('b').parentsUntil('body').size()", 2],
    ["doc.find('#list').data('kind')", 'shoes'],
    ["doc.find('#list').children('.a').size()", 2],
    ["doc.find('ul').has('b').size()", 1],
    ["doc.find('nothing').html() === undefined", true],
    ["doc.find('form').serialize()", 'card=42&keep=yes&size=m&note=hi'],
    ["doc.find('form').serializeObject()", { card: '42', keep: 'yes', size: 'm', note: 'hi' }],
    ["doc.find('select').val()", 'm'],
    ["doc.find('li').toArray().length", 3],
    ["doc.find('li').slice(1, 2).text()", 'two bold'],
    [
      "(() => { const seen = []; doc.find('li').each((i, e) => seen.push(e.textContent())); return seen; })()",
      ['one', 'two bold', 'three'],
    ],
    ["doc.find('a').get(0).href()", '/next?x=1'],
    ["doc.find('form').get(0).method()", 'post'],
    ["doc.find('li').get(1).nextElementSibling().className()", 'a'],
    ["doc.find('ul').get(0).querySelectorAll('li').length", 3],
    ["doc.find('ul').get(0).contains(doc.find('b').get(0))", true],
    ["doc.find('li').get(0).nodeName()", 'li'],
  ])('%s', async (expression, expected) => {
    expect(await html(expression)).toEqual(expected);
  });

  it('reads what is no good HTML as a browser does', async () => {
    const expression = "parseHTML('<table><tr><td>a<td>b').find('tbody td').size()";
    expect(await value("import { parseHTML } from 'k6/html'", expression)).toBe(2);
  });
});

describe('k6/timers', () => {
  it('are those of the VU: the iteration lasts until they are done', async () => {
    const script = await ScriptUnderTest.load(
      `import { setTimeout, setInterval, clearInterval } from 'k6/timers';
      export default function () { let n = 0; const id = setInterval(() => { if (++n === 3) { clearInterval(id); console.log('three'); } }, 1);
        setTimeout((word) => console.log(word), 1, 'once'); }`,
    );
    const ended = await script.iterate(script.users.create(1));
    expect(ended?.end).toBe('completed');
    expect(script.recorded.lines.sort()).toEqual(['info once', 'info three']);
  });
});
