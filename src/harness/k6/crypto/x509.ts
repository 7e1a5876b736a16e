/** The module `k6/crypto/x509`: what a certificate says, with k6's names. */
import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { isoTime } from '../../entropy/clock.js';
import type { ModuleApi } from '../module-api.js';
import { signatureAlgorithm } from './signature-algorithm.js';

export const x509Api: ModuleApi = {
  exports: { parse: 'plain', getAltNames: 'plain', getIssuer: 'plain', getSubject: 'plain' },
  create: () => MODULE,
};

interface Name {
  /** An object identifier, `2.5.4.3`. */
  readonly type: string;
  readonly value: string;
}

/** The attributes that have a field of their own, by their short names. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  serialNumber: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  street: '2.5.4.9',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  postalCode: '2.5.4.17',
  emailAddress: '1.2.840.113549.1.9.1',
};

const MODULE = {
  /** `pem`: one certificate. Throws where it is none. */
  parse(pem: unknown): object {
    const certificate = read(pem);
    return {
      subject: subjectOf(certificate),
      issuer: issuerOf(certificate),
      notBefore: isoSeconds(certificate.validFrom),
      notAfter: isoSeconds(certificate.validTo),
      altNames: altNamesOf(certificate),
      signatureAlgorithm: signatureAlgorithm(certificate.raw),
      fingerPrint: [...createHash('sha1').update(certificate.raw).digest()],
      publicKey: publicKeyOf(certificate.publicKey),
    };
  },
  getAltNames: (pem: unknown): string[] => altNamesOf(read(pem)),
  getIssuer: (pem: unknown): object => issuerOf(read(pem)),
  getSubject: (pem: unknown): object => subjectOf(read(pem)),
  get default(): object {
    return MODULE;
  },
};

function read(pem: unknown): X509Certificate {
  if (typeof pem !== 'string') throw new TypeError('a certificate is PEM text');
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new Error('failed to decode certificate PEM file', { cause });
  }
}

function subjectOf({ subject }: X509Certificate): object {
  const names = namesOf(subject);
  return {
    ...commonFields(names),
    postalCode: valueIn(names, 'postalCode'),
    streetAddress: valueIn(names, 'street'),
    organizationalUnitName: names
      .filter(({ type }) => type === ATTRIBUTES.OU)
      .map((one) => one.value),
    names,
  };
}

function issuerOf({ issuer }: X509Certificate): object {
  const names = namesOf(issuer);
  return { ...commonFields(names), names };
}

function commonFields(names: readonly Name[]): object {
  return {
    commonName: valueIn(names, 'CN'),
    country: valueIn(names, 'C'),
    stateOrProvinceName: valueIn(names, 'ST'),
    localityName: valueIn(names, 'L'),
    organizationName: valueIn(names, 'O'),
  };
}

function valueIn(names: readonly Name[], attribute: string): string {
  return names.find(({ type }) => type === ATTRIBUTES[attribute])?.value ?? '';
}

/** `CN=localhost`, a line each; several of one set are joined by ` + `. */
function namesOf(text: string | undefined): readonly Name[] {
  return (text ?? '')
    .split(/\n| \+ /)
    .filter((line) => line.includes('='))
    .map((line) => {
      const at = line.indexOf('=');
      const attribute = line.slice(0, at);
      const value = line.slice(at + 1).replace(/\\([^0-9A-Fa-f])/g, '$1');
      return { type: ATTRIBUTES[attribute] ?? attribute, value };
    });
}

/** Names of hosts, then addresses and the rest, as they stand there. */
function altNamesOf({ subjectAltName }: X509Certificate): string[] {
  return (subjectAltName ?? '')
    .split(', ')
    .filter((one) => one !== '')
    .map((one) => one.slice(one.indexOf(':') + 1));
}

function isoSeconds(date: string): string {
  return `${isoTime(Date.parse(date)).slice(0, 19)}Z`;
}

const ALGORITHMS: Readonly<Record<string, string>> = {
  rsa: 'RSA',
  ec: 'ECDSA',
  ed25519: 'Ed25519',
};

/** Numbers of the key as bytes, but an RSA key's exponent, which is a number. */
function publicKeyOf(key: KeyObject): object {
  const bytes = (text: string | undefined): number[] => [...Buffer.from(text ?? '', 'base64url')];
  const { n, e, x, y, crv } = key.export({ format: 'jwk' });
  const algorithm = ALGORITHMS[key.asymmetricKeyType ?? ''] ?? String(key.asymmetricKeyType);
  if (n !== undefined)
    return {
      algorithm,
      key: { n: bytes(n), e: Number(`0x${Buffer.from(e ?? '', 'base64url').toString('hex')}`) },
    };
  return { algorithm, key: { curve: crv, x: bytes(x), ...(y !== undefined && { y: bytes(y) }) } };
}
