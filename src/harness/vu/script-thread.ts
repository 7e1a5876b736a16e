/** What all virtual users of a thread share. Types only. */
import type { CustomMetrics } from '../options/metrics.js';
import type { Redact } from '../options/redaction.js';
import type { Secrets } from '../options/secrets.js';
import type { VuHost } from '../ports/host.js';
import type { Tags } from '../ports/metrics.js';
import type { ScenarioPlan } from '../schedule/plan.js';
import type { Segment } from '../schedule/segment.js';

export interface ScriptThread {
  readonly host: VuHost;
  readonly env: Record<string, string>;
  /** The script writes to __ENV, so each VU needs its own copy. */
  readonly copyEnv: boolean;
  /** The script makes promises itself, so some may be rejected that nobody awaits. */
  readonly makesPromises: boolean;
  /** More than one thing may want to run in a VU: the script has promises, timers, or functions that a module calls later. */
  readonly takesTurns: boolean;
  /** Set where something wants to know by how much iterations begin late. */
  timesStarts: boolean;
  /** Exports that are generators, for the VU to resume. */
  readonly routineNames: ReadonlySet<string>;
  readonly scenarios: readonly ThreadScenario[];
  readonly options: unknown;
  /** The part of the whole that is this instance's; undefined where it is all of it. */
  readonly segment: Segment | undefined;
  /** On every sample of the test. */
  readonly tags: Tags;
  /** Undefined: those of k6's choice. */
  readonly systemTags: readonly string[] | undefined;
  /** What setup() returned, as JSON; undefined where there was none. */
  readonly setupJson: string | undefined;
  readonly metrics: CustomMetrics;
  readonly console: object;
  /** What k6 modules keep for all VUs of the thread, by any key. */
  readonly shared: Map<string, unknown>;
  readonly files: OpenedFiles;
  readonly secrets: Secrets;
  /** For whatever the script says that is told. */
  readonly redact: Redact;
}

/** A scenario as the VUs of a thread see it. */
export interface ThreadScenario {
  readonly plan: ScenarioPlan;
  /** The script's environment with the scenario's on top. */
  readonly env: Record<string, string>;
}

/** `source` is the file of the script in which the call is written. */
export interface OpenedFiles {
  /** `mode` 'b' gives an ArrayBuffer. */
  open(source: string, path: unknown, mode: unknown): string | ArrayBuffer;
  /** Whether open() finds it. */
  exists(source: string, path: string): boolean;
  /** The address of what `specifier` names there. */
  resolve(source: string, specifier: unknown): string;
}
