/**
 * The toxics of one proxy: their names, order and dice. Speaks the API's terms on one side and the links' on the
 * other; holds no socket. Whether a toxic concerns a connection is one draw per (toxic, connection) from the seed,
 * compared with the toxicity of the moment; Toxiproxy draws anew whenever a neighbouring toxic changes.
 */
import { API_ERRORS } from './errors.js';
import { hashParts, type Random, seededRandom } from './random.js';
import { mergeAttributes, toxicKind } from './toxics/registry.js';
import type { Attributes, ToxicKind } from './toxics/toxic.js';

export type Direction = 'upstream' | 'downstream';

/** Parsed from a request's body; keys of `attributes` are in lower case. */
export interface ToxicRequest {
  readonly name: string;
  readonly type: string;
  /** In any case; the default name keeps it as it was written. */
  readonly stream: string;
  readonly toxicity: number;
  readonly attributes: ReadonlyMap<string, unknown>;
}

export interface ToxicChange {
  readonly toxicity: number | undefined;
  readonly attributes: ReadonlyMap<string, unknown>;
}

export interface ToxicView {
  readonly attributes: Attributes;
  readonly name: string;
  readonly type: string;
  readonly stream: Direction;
  readonly toxicity: number;
}

export class Toxic {
  readonly name: string;
  readonly kind: ToxicKind;
  readonly stream: Direction;
  attributes: Attributes;
  toxicity: number;
  readonly #seed: number;

  constructor(parts: ToxicView & { readonly kind: ToxicKind; readonly seed: number }) {
    this.name = parts.name;
    this.kind = parts.kind;
    this.stream = parts.stream;
    this.attributes = parts.attributes;
    this.toxicity = parts.toxicity;
    this.#seed = parts.seed;
  }

  affects(connectionNumber: number): boolean {
    return seededRandom(hashParts(this.#seed, ['dice', connectionNumber]))() < this.toxicity;
  }

  /** The stage's own generator (jitter, slices). */
  random(connectionNumber: number): Random {
    return seededRandom(hashParts(this.#seed, ['stage', connectionNumber]));
  }

  view(): ToxicView {
    return {
      attributes: this.attributes,
      name: this.name,
      type: this.kind.type,
      stream: this.stream,
      toxicity: this.toxicity,
    };
  }
}

export class ToxicList {
  readonly #chains: Readonly<Record<Direction, Toxic[]>> = { upstream: [], downstream: [] };
  readonly #seed: number;
  #added = 0;

  /** `seed`: of this proxy. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  chain(direction: Direction): readonly Toxic[] {
    return this.#chains[direction];
  }

  /** All upstream ones, then all downstream ones, each in order of creation. */
  all(): readonly Toxic[] {
    return [...this.#chains.upstream, ...this.#chains.downstream];
  }

  /** Throws `toxicNotFound`. */
  get(name: string): Toxic {
    const toxic = this.all().find((candidate) => candidate.name === name);
    if (toxic === undefined) throw API_ERRORS.toxicNotFound;
    return toxic;
  }

  /** Checks in Toxiproxy's order: stream, type, name across both directions, attributes. */
  add(request: ToxicRequest): Toxic {
    const stream = request.stream.toLowerCase();
    if (stream !== 'upstream' && stream !== 'downstream') throw API_ERRORS.invalidStream;
    const name = request.name === '' ? `${request.type}_${request.stream}` : request.name;
    const kind = toxicKind(request.type);
    if (kind === undefined) throw API_ERRORS.invalidToxicType;
    if (this.all().some((toxic) => toxic.name === name)) throw API_ERRORS.toxicAlreadyExists;
    const attributes = mergeAttributes(kind, {}, request.attributes);
    this.#added += 1;
    const toxic = new Toxic({
      name,
      kind,
      type: kind.type,
      stream,
      attributes,
      toxicity: request.toxicity,
      seed: hashParts(this.#seed, [this.#added, kind.type]),
    });
    this.#chains[stream].push(toxic);
    return toxic;
  }

  /** All of the change or, when it throws, none. */
  update(name: string, change: ToxicChange): Toxic {
    const toxic = this.get(name);
    toxic.attributes = mergeAttributes(toxic.kind, toxic.attributes, change.attributes);
    toxic.toxicity = change.toxicity ?? toxic.toxicity;
    return toxic;
  }

  remove(name: string): Toxic {
    const toxic = this.get(name);
    const chain = this.#chains[toxic.stream];
    chain.splice(chain.indexOf(toxic), 1);
    return toxic;
  }
}
