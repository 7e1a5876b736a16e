/** The options of a script that say how its HTTP requests travel, with k6's defaults. */
import { isIP } from 'node:net';
import type { HttpOptions, TlsAuth } from '../ports/http.js';
import { type OptionFields, shown } from './option-fields.js';
import { cipherList, opensslName } from './tls-ciphers.js';

const MAX_REDIRECTS = 10;
const BATCH = 20;
const BATCH_PER_HOST = 6;
/** k6's names of TLS versions, and Node's. */
const TLS_VERSIONS: Readonly<Record<string, string>> = {
  'tls1.0': 'TLSv1',
  'tls1.1': 'TLSv1.1',
  'tls1.2': 'TLSv1.2',
  'tls1.3': 'TLSv1.3',
};

/** Throws ScriptConfigError. */
export function httpOptions(fields: OptionFields, userAgent: string): HttpOptions {
  const [tlsMin, tlsMax] = tlsVersions(fields);
  return {
    userAgent: fields.text('userAgent', userAgent),
    maxRedirects: fields.whole('maxRedirects', { least: 0, otherwise: MAX_REDIRECTS }),
    insecureSkipTLSVerify: fields.flag('insecureSkipTLSVerify'),
    tlsMin,
    tlsMax,
    tlsCiphers: tlsCiphers(fields),
    tlsAuth: fields.has('tlsAuth')
      ? fields.list('tlsAuth').map((auth) => tlsAuth(fields, auth))
      : [],
    noConnectionReuse: fields.flag('noConnectionReuse'),
    noVUConnectionReuse: fields.flag('noVUConnectionReuse'),
    noCookiesReset: fields.flag('noCookiesReset'),
    discardResponseBodies: fields.flag('discardResponseBodies'),
    throws: fields.flag('throw'),
    batch: fields.whole('batch', { least: 0, otherwise: BATCH }),
    batchPerHost: fields.whole('batchPerHost', { least: 0, otherwise: BATCH_PER_HOST }),
    rps: fields.whole('rps', { least: 0, otherwise: 0 }),
    hosts: fields.texts('hosts'),
    blockHostnames: texts(fields, 'blockHostnames'),
    blacklistIPs: texts(fields, 'blacklistIPs').map((network) =>
      isNetwork(network)
        ? network
        : fields.refuse(
            'blacklistIPs',
            'a list of addresses and networks like "10.0.0.0/8"',
            network,
          ),
    ),
  };
}

/** An address, or one with the number of its bits that count. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const most = { 4: 32, 6: 128 }[isIP(address)];
  if (most === undefined || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
}

function texts(fields: OptionFields, field: string): readonly string[] {
  if (!fields.has(field)) return [];
  return fields
    .list(field)
    .map((text) =>
      typeof text === 'string' ? text : fields.refuse(field, 'a list of texts', text),
    );
}

/** One version, or `{ min, max }`. */
function tlsVersions(fields: OptionFields): [string | undefined, string | undefined] {
  const given = fields.raw('tlsVersion');
  if (given === undefined) return [undefined, undefined];
  const version = (name: unknown): string | undefined =>
    name === undefined || name === ''
      ? undefined
      : (TLS_VERSIONS[String(name)] ??
        fields.refuse('tlsVersion', `one of ${Object.keys(TLS_VERSIONS).join(', ')}`, name));
  if (typeof given === 'object' && given !== null)
    return [
      version('min' in given ? given.min : undefined),
      version('max' in given ? given.max : undefined),
    ];
  return [version(given), version(given)];
}

function tlsCiphers(fields: OptionFields): string | undefined {
  const suites = texts(fields, 'tlsCipherSuites');
  for (const suite of suites)
    if (opensslName(suite) === undefined)
      fields.refuse(
        'tlsCipherSuites',
        'a list of names like "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"',
        suite,
      );
  return suites.length === 0 ? undefined : cipherList(suites);
}

function tlsAuth(fields: OptionFields, auth: unknown): TlsAuth {
  const { cert, key, password, domains } = Object(auth);
  if (typeof cert !== 'string' || typeof key !== 'string')
    return fields.refuse('tlsAuth', 'a list of objects with cert and key', shown(auth));
  return {
    cert,
    key,
    password: password === undefined ? undefined : String(password),
    domains: Array.isArray(domains) && domains.length > 0 ? domains.map(String) : undefined,
  };
}
