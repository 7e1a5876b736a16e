/** Where the seconds of a load go while it runs. What it meets there is told, and never ends a drill. */
import type { OutputSecond } from './samples.js';

export interface Output {
  onSecond(second: OutputSecond): void;
  /** Resolves when all of it is where it belongs, or cannot get there. */
  close(): Promise<void>;
}

export interface OutputContext {
  /** One line for whoever watches; each is told once. */
  readonly warn: (line: string) => void;
  /** What is no trouble. */
  readonly tell: (line: string) => void;
  readonly isoTime: (unixMs: number) => string;
}
