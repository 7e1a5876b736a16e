/**
 * What a k6 module tells the loader about itself: the transform needs to know which calls make a VU wait.
 */
import type { Vu } from '../vu/virtual-user.js';

/**
 * `plain`     returns at once
 * `blocking`  the VU waits, whatever the script does with the call: `sleep(1)`
 * `session`   as `blocking`; meanwhile it calls functions that it is given, and waits for them
 * `promise`   returns a promise; a script in k6's synchronous style gets the result instead. Given the VU as a second
 *             argument it returns the result, or PENDING and resumes the VU with it later
 * `group`     waits if the function given as second argument waits
 * `check`     calls functions of its second argument, which must not wait
 * `callback`  calls a function given to it, which must not wait
 * `operations` returns at once, with an object all of whose methods are of kind `promise`
 */
export type CallKind =
  | 'plain'
  | 'blocking'
  | 'session'
  | 'promise'
  | 'group'
  | 'check'
  | 'callback'
  | 'operations';

/** In place of a module's name: what a function of kind `operations` gives. */
export const OPERATIONS = '*operations';

export interface ModuleApi {
  /** Every name that can be imported, `default` apart: that is the module itself. */
  readonly exports: Readonly<Record<string, CallKind>>;
  /** It calls functions of the script later, when it is their turn: timers, handlers of sockets. */
  readonly callsLater?: boolean;
  /**
   * Methods of what it makes that do not return at once: `client.invoke()`. A method is known by its name alone, whatever it is
   * called on: what it gives is looked at when it runs.
   */
  readonly methods?: Readonly<Record<string, CallKind>>;
  /** What k6 has in its place; a script that imports it is told so. */
  readonly replacedBy?: string;
  /** The module as one VU sees it: a small object; what it exports are its properties. */
  create(vu: Vu): object;
}
