/** How a certificate was signed, which Node does not tell: the second part of what RFC 5280 calls a Certificate. */

/** By the bytes of the object identifier; names are Go's, as k6 gives them. */
const NAMES: Readonly<Record<string, string>> = {
  '2a864886f70d010104': 'MD5-RSA',
  '2a864886f70d010105': 'SHA1-RSA',
  '2a864886f70d01010a': 'SHA256-RSAPSS',
  '2a864886f70d01010b': 'SHA256-RSA',
  '2a864886f70d01010c': 'SHA384-RSA',
  '2a864886f70d01010d': 'SHA512-RSA',
  '2a8648ce3d0401': 'ECDSA-SHA1',
  '2a8648ce3d040302': 'ECDSA-SHA256',
  '2a8648ce3d040303': 'ECDSA-SHA384',
  '2a8648ce3d040304': 'ECDSA-SHA512',
  '2b6570': 'Ed25519',
};

/**
 *   Certificate  ::=  SEQUENCE { tbsCertificate SEQUENCE {...}, signatureAlgorithm SEQUENCE { OID, ... }, signature }
 *
 * `der`: of a certificate that could be read. A number where the algorithm has no name here.
 */
export function signatureAlgorithm(der: Buffer): string {
  const whole = inside(der, 0);
  const signed = inside(der, whole.start);
  const algorithm = inside(der, signed.end);
  const identifier = inside(der, algorithm.start);
  const hex = der.subarray(identifier.start, identifier.end).toString('hex');
  return NAMES[hex] ?? hex;
}

/** Where what the element at `at` holds begins and ends. */
function inside(der: Buffer, at: number): { readonly start: number; readonly end: number } {
  const first = der.readUInt8(at + 1);
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const bytes = first & 0x7f;
  const start = at + 2 + bytes;
  return { start, end: start + der.readUIntBE(at + 2, bytes) };
}
