/** Secrets: what a script may know, and nobody is told. */
import { SEE, type Snippet } from '../snippet.js';
import { items } from '../surface.js';

const HEAD = `import secrets from 'k6/secrets'; ${SEE}`;

export const SECRETS: readonly Snippet[] = [
  {
    name: 'secrets',
    shows: [...items('k6/secrets', 'get source'), 'flag --secret-source'],
    script: `${HEAD}
      import http from 'k6/http';
      export default async function () {
        const token = await secrets.get('token');
        http.get(__ENV.URL + '/anything', { headers: { 'X-Token': token } });
        const other = await secrets.source('other');
        see((await other.get('token')) === 'not the same');
        see(token.length);
      }`,
    files: { 'secrets.txt': 'user=alice\n\ntoken=a=b c\n' },
    args: [
      ...['--secret-source', 'file=secrets.txt,default'],
      ...['--secret-source=mock=name=other,token=not the same'],
    ],
    expect: { sees: [true, 5], requests: [{ headers: { 'x-token': 'a=b c' } }] },
  },
  {
    name: 'secrets-are-told-nowhere',
    shows: ['k6/secrets get'],
    script: `${HEAD}
      import exec from 'k6/execution';
      export default async function () {
        const pin = await secrets.get('pin');
        console.log('pin ' + pin, { pin: await secrets.get('quoted') });
        if (exec.vu.iterationInScenario === 0) throw new Error('no ' + pin);
        exec.test.fail('failed by ' + pin);
        exec.test.abort('ended by ' + pin);
      }
      export const options = { iterations: 5 };`,
    args: ['--secret-source=mock=pin=hunter2,quoted=say "hunter"'],
    expect: {
      exit: 108,
      says: [
        /pin \*\*\*SECRET_REDACTED\*\*\* \{"pin":"\*\*\*SECRET_REDACTED\*\*\*"\}/,
        /Error: no \*\*\*SECRET_REDACTED\*\*\*/,
        /failed: failed by \*\*\*SECRET_REDACTED\*\*\*/,
        /ended the test: ended by \*\*\*SECRET_REDACTED\*\*\*/,
      ],
      saysNot: [/hunter/],
      textWithout: ['hunter'],
    },
  },
  {
    name: 'secrets-that-are-not-there',
    shows: ['k6/secrets get', 'k6/secrets source'],
    script: `${HEAD}
      const told = async (name, call) => { try { see(name + await call()); } catch (error) { see(error.message); } };
      export default async function () {
        await told('get ', () => secrets.get('pin'));
        await told('toString ', () => secrets.source('a').get('toString'));
        await told('source ', () => secrets.source('c').get('pin'));
      }`,
    args: ['--secret-source=mock=name=a,pin=1', '--secret-source=mock=name=b,pin=2'],
    expect: {
      sees: [
        'no secret source is the default: there are a, b',
        'the secret source a has no value for toString',
        'no secret source is called c',
      ],
    },
  },
  {
    name: 'secrets-without-a-source',
    shows: ['k6/secrets get'],
    script: `${HEAD} export default () => secrets.get('pin');`,
    expect: { exit: 107, says: [/no secret sources are configured/] },
  },
  {
    name: 'secret-source-of-a-vault',
    shows: ['flag --secret-source'],
    script: `${HEAD} export default () => {};`,
    args: ['--secret-source=vault=pin=hunter2'],
    expect: { exit: 104, refusal: /--secret-source.*there are no sources of another kind/ },
  },
];
