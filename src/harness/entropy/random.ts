/**
 * The door to chance on the harness side. One generator, sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of
 * state, a counter that guarantees a period of at least 2^32. It is seeded by hashing (seed, stream, number)
 * with the finalizer of MurmurHash3, so that a virtual user can be put at the start of iteration n at the price of
 * a few multiplications, whichever worker runs it. State is kept as signed 32-bit integers, which V8 stores
 * in the object itself. Refuses to be cryptographic.
 */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';

export class Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  /** Integers; only their low 32 bits count, except `a`, of which 53 do. */
  constructor(a: number, b = 0, c = 0) {
    this.reseed(a, b, c);
  }

  /** The same arguments give the same sequence from here on. */
  reseed(a: number, b: number, c: number): void {
    let hash = mix((a | 0) ^ Math.imul(Math.floor(a / 4294967296), 0x85ebca6b));
    hash = mix((hash + Math.imul(b, 0x9e3779b1)) | 0);
    hash = mix((hash ^ Math.imul(c, 0x27d4eb2f)) | 0);
    this.#a = hash;
    this.#b = mix((hash + 0x6d2b79f5) | 0);
    this.#c = mix((c + 0x3c6ef372) ^ hash);
    this.#counter = 1;
    this.nextUint32();
    this.nextUint32();
  }

  /** Reads the state, to have it in the cache; the value means nothing. */
  prefetch(): number {
    return this.#a;
  }

  /** 0 .. 2^32 - 1. */
  nextUint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** [0, 1), 32 bits of it random. */
  nextFloat(): number {
    return this.nextUint32() / 4294967296;
  }

  /** 0 .. below - 1, `below` up to 2^32; biased by less than below / 2^32. */
  int(below: number): number {
    return Math.floor((this.nextUint32() / 4294967296) * below);
  }
}

/** A seed nobody chose: 0 .. 2^32 - 1. Write it down where the drill can be run again from. */
export function drawSeed(): number {
  return randomInt(4294967296);
}

/** A name that no two drills share. */
export function drawRunId(): string {
  return randomUUID();
}

function mix(word: number): number {
  let h = word;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** 192 bits of the system's own randomness, in letters that stand in HTML and headers as they are: nobody guesses it. */
export function drawToken(): string {
  return randomBytes(24).toString('base64url');
}
