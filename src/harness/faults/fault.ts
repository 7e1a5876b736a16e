/**
 * What a fault is, seen from the timeline: something that can be applied and healed. A `FaultKind` is one file of
 * `kinds/`; it turns the numbers of a plan and a handle on its target into a `Fault`. Kinds know neither time nor
 * Toxiproxy's client nor the supervisor: they act on the two small handles below.
 */

export interface Fault {
  apply(): Promise<void>;
  /** May be called when `apply` failed half-way, and again when it failed itself. */
  heal(): Promise<void>;
}

export type Stream = 'upstream' | 'downstream';

/** The toxics that faults are made of, by Toxiproxy's names. */
export type ToxicType =
  | 'latency'
  | 'bandwidth'
  | 'timeout'
  | 'reset_peer'
  | 'limit_data'
  | 'slicer';

export interface ToxicSpec {
  readonly name: string;
  readonly type: ToxicType;
  readonly stream: Stream;
  /** Share of the connections it concerns, 0..1. */
  readonly toxicity: number;
  readonly attributes: Readonly<Record<string, number>>;
}

/** A link of the drill: one proxy of a Toxiproxy server. */
export interface LinkHandle {
  addToxic(toxic: ToxicSpec): Promise<void>;
  /** Removing one that is not there is done. */
  removeToxic(name: string): Promise<void>;
  /** A disabled link has no listener and no connections. */
  setEnabled(enabled: boolean): Promise<void>;
}

/** A process of the stack. */
export interface ProcessHandle {
  kill(): Promise<void>;
  /** Kills it first if it runs; resolves when it is ready, on the address it had. */
  restart(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
}

export interface NumberRule {
  readonly minimum: number;
  readonly maximum?: number;
  /** Absent: the plan must give it. */
  readonly absent?: number;
  readonly integer?: boolean;
}

/** The numbers of one fault, checked against the rules of its kind. */
export type FaultNumbers<Name extends string = string> = Readonly<Record<Name, number>>;

export interface LinkFaultKind<Name extends string = string> {
  readonly kind: string;
  readonly on: 'link';
  readonly meaning: string;
  readonly numbers: Readonly<Record<Name, NumberRule>>;
  /** Whether the plan may say `stream`: upstream, downstream (the default) or both. */
  readonly takesStream: boolean;
  create(setting: LinkFaultSetting<Name>): Fault;
}

export interface LinkFaultSetting<Name extends string = string> {
  readonly link: LinkHandle;
  /** Unique among the faults of the drill. */
  readonly id: string;
  readonly numbers: FaultNumbers<Name>;
  readonly streams: readonly Stream[];
}

export interface ProcessFaultKind {
  readonly kind: string;
  readonly on: 'process';
  readonly meaning: string;
  create(setting: { readonly process: ProcessHandle }): Fault;
}

export type FaultKind = LinkFaultKind | ProcessFaultKind;
