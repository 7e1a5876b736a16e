/**
 * Zstandard at its fastest level: a third to a sixth of a run's records in less time than the disk takes for the rest. Native
 * code: in WebAssembly every process compiles the coder before it codes, which takes as long as the coding. What a frame may
 * become is looked at before it is decoded, as a few bytes can stand for gigabytes.
 */
import { Decoder, Encoder } from '@toondepauw/node-zstd';

const LEVEL = 1;
/** Below it a frame's own head is most of what is gained. */
const WORTH_BYTES = 64;
/** What a block of a frame is at most, decompressed. */
const BLOCK_BYTES_MAX = 128 * 1024;
/** Encoders split a full block where its statistics change: into so many, and no more are believed. */
const SPLITS_MAX = 32;

const encoder = new Encoder(LEVEL);
const decoder = new Decoder();

/** One frame. */
export function zstd(bytes: Uint8Array): Uint8Array {
  return encoder.encodeSync(bufferOf(bytes));
}

/** The parts as one frame, or undefined where that would not be smaller. */
export function zstdIfSmaller(parts: readonly Uint8Array[]): Uint8Array | undefined {
  const [first] = parts;
  const whole = parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
  if (whole.length < WORTH_BYTES) return undefined;
  const packed = zstd(whole);
  return packed.length < whole.length ? packed : undefined;
}

/** Throws where it is not a frame of exactly so many bytes. */
export function unzstd(frame: Uint8Array, bytes: number): Uint8Array {
  const blocks = blocksIn(frame);
  if (blocks > SPLITS_MAX * (bytes / BLOCK_BYTES_MAX + 2))
    throw new Error(`${blocks} blocks for ${bytes} bytes`);
  const whole = decoder.decodeSync(bufferOf(frame));
  if (whole.length !== bytes) throw new Error(`a frame of ${whole.length} bytes, not ${bytes}`);
  return whole;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const MAGIC = 0xfd2fb528;
/** By the two bits of the head that say so. */
const DICTIONARY_ID_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];
const REPEATED = 1;

/** RFC 8878, 3.1.1: head, blocks, of which each says how long it is, and whether it is the last. Throws where it is not so. */
function blocksIn(frame: Uint8Array): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new Error('no zstd frame');
  const head = view.getUint8(4);
  const isOneSegment = (head & 32) !== 0;
  const contentSizeBytes = CONTENT_SIZE_BYTES[head >> 6];
  let at = 5 + DICTIONARY_ID_BYTES[head & 3];
  at += isOneSegment ? Math.max(1, contentSizeBytes) : 1 + contentSizeBytes;
  for (let blocks = 1; ; blocks++) {
    const block = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    at += 3 + (((block >> 1) & 3) === REPEATED ? 1 : block >> 3);
    const isLast = (block & 1) === 1;
    // What is behind the last block would be another frame.
    if (isLast && at < frame.length) throw new Error('more than one zstd frame');
    if (isLast) return blocks;
  }
}
