/**
 * The crowd of a shopping festival, to draw from: who pays, to whom, how much and how. All VUs of a thread share
 * one shape; a VU adds only its generator, which is at a known place at the start of each iteration.
 */
import { CHANNEL, type Channel } from '../../../wire/operations.js';
import type { Random } from '../../entropy/random.js';
import { drawZipf, type Zipf, zipf } from './zipf.js';

/** As a script writes it. */
export interface FestivalParameters {
  readonly users: number;
  readonly merchants: number;
  /** Skew of merchants: share of rank r is proportional to r^-s. Default 1. */
  readonly zipfExponent?: number;
  /** Log-normal: the middle amount, and the standard deviation of its logarithm. Defaults 8800 and 1. */
  readonly medianMinor?: number;
  readonly amountSigma?: number;
  /** Bounds; a draw beyond becomes the bound. Defaults 1 and 5,000,000. */
  readonly minMinor?: number;
  readonly maxMinor?: number;
  /** Weights by channel; they need not sum to 1. Default: balance alone. */
  readonly channels?: Readonly<Partial<Record<Channel, number>>>;
}

/** Checked parameters and what follows from them. */
export interface FestivalShape {
  readonly users: number;
  readonly merchants: Zipf;
  readonly medianMinor: number;
  readonly amountSigma: number;
  readonly minMinor: number;
  readonly maxMinor: number;
  readonly channels: readonly Channel[];
  /** Upper end of each channel's part of [0, 1). */
  readonly channelEnds: readonly number[];
}

const CHANNEL_NAMES: readonly Channel[] = ['balance', 'huabei', 'yuebao', 'bankCard', 'other'];
const NUMBER_MAX = 2 ** 32 - 1;

/** Throws a TypeError that names the parameter. */
export function festivalShape(parameters: FestivalParameters): FestivalShape {
  const { zipfExponent = 1, medianMinor = 8800, amountSigma = 1 } = parameters;
  const { minMinor = 1, maxMinor = 5_000_000, channels = { balance: 1 } } = parameters;
  whole('users', parameters.users, 2, NUMBER_MAX);
  whole('merchants', parameters.merchants, 1, NUMBER_MAX);
  within('zipfExponent', zipfExponent, 0, 10);
  whole('minMinor', minMinor, 1, 2 ** 48);
  whole('maxMinor', maxMinor, minMinor, 2 ** 48);
  within('medianMinor', medianMinor, 1, 2 ** 48);
  within('amountSigma', amountSigma, 0, 5);
  for (const name of Object.keys(channels))
    if (!Object.hasOwn(CHANNEL, name))
      throw new TypeError(`festival: no channel ${name}; there are ${CHANNEL_NAMES.join(', ')}`);
  const used = CHANNEL_NAMES.filter((name) => (channels[name] ?? 0) !== 0);
  const weights = used.map((name) => channels[name] ?? 0);
  for (const weight of weights) within('channels', weight, 0, Number.MAX_SAFE_INTEGER);
  const sum = weights.reduce((a, b) => a + b, 0);
  if (sum === 0) throw new TypeError('festival: channels needs at least one weight above 0');
  let end = 0;
  return {
    users: parameters.users,
    merchants: zipf(parameters.merchants, zipfExponent),
    medianMinor,
    amountSigma,
    minMinor,
    maxMinor,
    channels: used,
    channelEnds: weights.map((weight) => {
      end += weight / sum;
      return end;
    }),
  };
}

export class Festival {
  readonly #shape: FestivalShape;
  readonly #random: Random;

  constructor(shape: FestivalShape, random: Random) {
    this.#shape = shape;
    this.#random = random;
  }

  /** A user, all alike: 1 .. users. */
  payer(): number {
    return 1 + this.#random.int(this.#shape.users);
  }

  /** Another user than this one. */
  payee(payer: number): number {
    const drawn = 1 + this.#random.int(this.#shape.users - 1);
    return drawn < payer ? drawn : drawn + 1;
  }

  /** A merchant, by skew: 1 is the busiest. */
  merchant(): number {
    return drawZipf(this.#shape.merchants, this.#random);
  }

  /** An amount in minor units. */
  amountMinor(): number {
    return this.amountAround(this.#shape.medianMinor);
  }

  /** An amount of the same spread around another middle. */
  amountAround(medianMinor: number): number {
    const { amountSigma, minMinor, maxMinor } = this.#shape;
    const drawn = Math.round(medianMinor * Math.exp(amountSigma * this.#normal()));
    return Math.max(minMinor, Math.min(drawn, maxMinor));
  }

  channel(): Channel {
    const { channels, channelEnds } = this.#shape;
    const drawn = this.#random.nextFloat();
    const last = channels.length - 1;
    for (let i = 0; i < last; i++)
      if (drawn < (channelEnds[i] ?? 1)) return channels[i] ?? 'balance';
    return channels[last] ?? 'balance';
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.#random.nextFloat() < probability;
  }

  /** Nearly normal: the sum of four uniform draws of 16 bits (Irwin-Hall), so never beyond 3.47 deviations. */
  #normal(): number {
    const a = this.#random.nextUint32();
    const b = this.#random.nextUint32();
    const sum = (a & 0xffff) + (a >>> 16) + (b & 0xffff) + (b >>> 16);
    return (sum / 65536 - 2) * Math.sqrt(3);
  }
}

function whole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new TypeError(
      `festival: ${name} must be a whole number from ${least} to ${most}, got ${value}`,
    );
}

function within(name: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most))
    throw new TypeError(
      `festival: ${name} must be a number from ${least} to ${most}, got ${value}`,
    );
}
