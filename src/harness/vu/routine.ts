/** A function of a script that is a generator: a virtual user resumes it with what it waited for. */

export type Routine = Generator<unknown, unknown, unknown>;
export type RoutineFunction = (data: unknown) => Routine;

/** What a routine yields when it waits for an operation: the VU is resumed with the result. */
export const PENDING = Symbol('pending');

/** What a routine yields when it has called another one. */
export const ENTER = Symbol('enter');

function* noRoutine(): Routine {
  yield undefined;
  return undefined;
}

/**
 * `next` of all generators. Each VU's function is a closure of its own, and V8 gives the generators of each closure
 * a map of their own: looking `next` up in them would miss every inline cache.
 */
export const NEXT = noRoutine().next;

export function isGeneratorFunction(value: (data: unknown) => unknown): value is RoutineFunction {
  return Object.prototype.toString.call(value) === '[object GeneratorFunction]';
}
