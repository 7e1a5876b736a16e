/** What the books of one shard say of each operation; in shared memory, put together with the other shards' in merge.ts. */

export interface SeenMemory {
  /** How often it took effect here, and how often its far side was confirmed here; 255 = that or more. */
  readonly effects: Uint8Array;
  readonly halves: Uint8Array;
  /** The other shard + 1 of what was committed here, and of what was confirmed here as the far side. */
  readonly committedWith: Uint8Array;
  readonly confirmedFor: Uint8Array;
  /** BRANCH bits. */
  readonly branch: Uint8Array;
  /** 1: an entry here has the code that its client was told. */
  readonly heard: Uint8Array;
  /** Digest of the legs that a branch or hold was made with. */
  readonly branchLegs: Int32Array;
  /** Sum of the digests of all legs that a receipt tells. */
  readonly told: Int32Array;
}

/**
 * `crosses`: took effect here and names another shard. `poor`: an entry here says that money was lacking; `refused`: and is the
 * refusal itself. `begun`: is recorded here.
 */
export const BRANCH = {
  tried: 1,
  ended: 2,
  held: 4,
  released: 8,
  crosses: 16,
  poor: 32,
  refused: 64,
  begun: 128,
} as const;

/** Bytes of an operation in the memory of one shard. */
export const SEEN_BYTES = 6 + 2 * 4;

export function allocateSeen(capacity: number): SeenMemory {
  const bytes = (): Uint8Array => new Uint8Array(new SharedArrayBuffer(capacity));
  const words = (): Int32Array => new Int32Array(new SharedArrayBuffer(capacity * 4));
  return {
    effects: bytes(),
    halves: bytes(),
    committedWith: bytes(),
    confirmedFor: bytes(),
    branch: bytes(),
    heard: bytes(),
    branchLegs: words(),
    told: words(),
  };
}
