/**
 * What a fault is, seen from the timeline: something that can be applied and healed. A `FaultKind` is one file of
 * `kinds/`; it turns the numbers of a plan and what it breaks into a `Fault`. Kinds know neither time nor Toxiproxy's
 * client nor the supervisor: they act on a shared link or a shared process, which know what else holds them.
 *
 *   kind --hold, release--> SharedProcess --kill, restart, pause, resume--> ProcessHandle (of the target)
 *   kind --hold, release--> SharedCommand --apply, heal--> CommandHandle (of the target)
 *   kind --close, open, toxics--> SharedLink --setEnabled, toxics--> LinkHandle (of the target)
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

/** Toxics have names of their own, so that those of two faults lie side by side. */
export interface Toxics {
  addToxic(toxic: ToxicSpec): Promise<void>;
  /** Removing one that is not there is done. */
  removeToxic(name: string): Promise<void>;
}

/** A link of the drill: one proxy of a Toxiproxy server. */
export interface LinkHandle extends Toxics {
  /** A disabled link has no listener and no connections. */
  setEnabled(enabled: boolean): Promise<void>;
}

/** A process of the stack. */
export interface ProcessHandle {
  /** Rejects where it does not run. */
  kill(): Promise<void>;
  /**
   * For one that was killed: resolves when it is ready, on the address it had; rejects with its last words. What is
   * called after it reaches the new process, also before that is ready.
   */
  restart(): Promise<void>;
  /** Both reject where it does not run. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** Something that is broken and healed by commands. */
export interface CommandHandle {
  /** Rejects where the command does not end well in its time. */
  apply(): Promise<void>;
  heal(): Promise<void>;
}

/** A link that several faults may have at once: it is open when nobody has it closed. */
export interface SharedLink extends Toxics {
  close(holder: string): Promise<void>;
  /** Resolves when the link is open, or somebody else has it closed. */
  open(holder: string): Promise<void>;
}

/** How a fault holds a process: `down` is not there at all, `still` stands where it stood. */
export type Hold = 'down' | 'still';

/** A process that several faults may hold at once: it runs when nobody holds it, and `down` outdoes `still`. */
export interface SharedProcess {
  hold(holder: string, hold: Hold): Promise<void>;
  /** Resolves when the process is ready, or somebody else holds it. Rejects where it could not be started. */
  release(holder: string): Promise<void>;
}

/** What one command breaks and another heals, for several faults at once: applied with the first, healed after the last. */
export interface SharedCommand {
  hold(holder: string): Promise<void>;
  release(holder: string): Promise<void>;
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
  readonly link: SharedLink;
  /** Unique among the faults of the drill. */
  readonly id: string;
  readonly numbers: FaultNumbers<Name>;
  readonly streams: readonly Stream[];
}

export interface ProcessFaultKind {
  readonly kind: string;
  readonly on: 'process';
  readonly meaning: string;
  create(setting: { readonly process: SharedProcess; readonly id: string }): Fault;
}

export interface CommandFaultKind {
  readonly kind: string;
  readonly on: 'command';
  readonly meaning: string;
  create(setting: { readonly command: SharedCommand; readonly id: string }): Fault;
}

export type FaultKind = LinkFaultKind | ProcessFaultKind | CommandFaultKind;
