import { describe, expect, it } from 'vitest';
import { unzstd, zstd, zstdIfSmaller } from './zstd.js';

/** More than one block of a frame. */
const BYTES = 300_000;
const text = Uint8Array.from({ length: BYTES }, (_, i) => (i * i) % 251);

describe('zstd', () => {
  it('gives back what it was given, of any length', () => {
    for (const length of [0, 1, 255, 256, 65_536, 131_072, 131_073, BYTES]) {
      const whole = text.subarray(0, length);
      expect(Buffer.compare(unzstd(zstd(whole), length), whole)).toBe(0);
    }
  });

  it('gives back what an encoder splits into many blocks, as the kinds of its bytes change', () => {
    let state = 1;
    const kinds = Uint8Array.from({ length: 1 << 20 }, (_, i) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      const isCoin = ((i >> 14) & 1) === 1;
      return isCoin ? state >>> 31 : 100 + (state >>> 26);
    });
    const frame = zstd(kinds);
    expect(Buffer.compare(unzstd(frame, kinds.length), kinds)).toBe(0);
  });

  it('leaves alone what would not get smaller', () => {
    expect(zstdIfSmaller([Uint8Array.of(1, 1, 1, 1)])).toBeUndefined();
    let state = 1;
    const noise = Uint8Array.from({ length: 1000 }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 24;
    });
    expect(zstdIfSmaller([noise])).toBeUndefined();
    expect(zstdIfSmaller([text.subarray(0, 9), text.subarray(9)])?.length).toBeLessThan(BYTES / 10);
  });

  it('refuses another length, a frame that was cut and one behind which there is more', () => {
    const frame = zstd(text);
    expect(() => unzstd(frame, BYTES - 1)).toThrow('a frame of 300000 bytes, not 299999');
    for (let length = 0; length < frame.length; length++)
      expect(() => unzstd(frame.subarray(0, length), BYTES)).toThrow();
    expect(() => unzstd(Buffer.concat([frame, frame]), BYTES)).toThrow('more than one zstd frame');
  });

  it('refuses a few bytes that stand for gigabytes before they are made', () => {
    // Magic number, a window of 128 KiB, and blocks of 131,072 times the same byte.
    const head = [0x28, 0xb5, 0x2f, 0xfd, 0, 0x38];
    const block = [2, 0, 16, 7];
    const last = [3, 0, 16, 7];
    const few = Uint8Array.from([...head, ...block, ...last]);
    expect(unzstd(few, 262_144).every((byte) => byte === 7)).toBe(true);
    const many = Uint8Array.from([...head, ...Array(40_000).fill(block).flat(), ...last]);
    expect(() => unzstd(many, 262_144)).toThrow('40001 blocks for 262144 bytes');
  });
});
