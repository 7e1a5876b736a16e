/** Bodies that came or go compressed: gzip, deflate, br, zstd, several one after the other. */
import {
  brotliCompressSync,
  brotliDecompressSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateRawSync,
  inflateSync,
} from 'node:zlib';
import { Decoder, Encoder } from '@toondepauw/node-zstd';

const ZSTD_LEVEL = 3;

const DECODE: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: gunzipSync,
  deflate: (bytes) => (isZlib(bytes) ? inflateSync(bytes) : inflateRawSync(bytes)),
  br: brotliDecompressSync,
  zstd: (bytes) => new Decoder().decodeSync(bytes),
};

const ENCODE: Readonly<Record<string, (bytes: Uint8Array) => Buffer>> = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: (bytes) => new Encoder(ZSTD_LEVEL).encodeSync(Buffer.from(bytes)),
};

/** Codings that are not known are left as they are, as k6 does. Throws where the bytes are not of the coding. */
export function decoded(bytes: Buffer, contentEncoding: string): Buffer {
  return codings(contentEncoding).reduceRight(
    (body, coding) => DECODE[coding]?.(body) ?? body,
    bytes,
  );
}

/** Throws for a coding that is not known. */
export function encoded(bytes: Uint8Array, contentEncoding: string): Uint8Array {
  return codings(contentEncoding).reduce((body, coding) => {
    const encode = ENCODE[coding];
    if (encode === undefined)
      throw new Error(
        `unknown compression algorithm ${coding}; known are ${Object.keys(ENCODE).join(', ')}`,
      );
    return encode(body);
  }, bytes);
}

function codings(contentEncoding: string): readonly string[] {
  return contentEncoding
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
}

/** Some servers send deflate without zlib's head. */
function isZlib(bytes: Buffer): boolean {
  return bytes.length >= 2 && (bytes[0] & 15) === 8 && bytes.readUInt16BE(0) % 31 === 0;
}
