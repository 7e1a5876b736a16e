/** The shapes of festivals that a thread has worked out: every VU asks for the same ones again. */
import { type FestivalParameters, type FestivalShape, festivalShape } from './festival.js';

/** Under which a thread keeps its shapes. */
const SHAPES = 'festival shapes';
const SHAPES_MAX = 64;

interface KnownShape {
  readonly parameters: FestivalParameters;
  readonly shape: FestivalShape;
}

/** `shared`: what the VUs of the thread share. */
export function knownShape(
  shared: Map<string, unknown>,
  parameters: FestivalParameters,
): FestivalShape {
  const known = shared.get(SHAPES);
  const shapes: KnownShape[] = isKnownShapes(known) ? known : [];
  if (shapes !== known) shared.set(SHAPES, shapes);
  let found = shapes.find((shape) => sameParameters(shape.parameters, parameters));
  if (found === undefined) {
    if (shapes.length === SHAPES_MAX)
      throw new Error(`festival: more than ${SHAPES_MAX} different ones; make them in init code`);
    found = { parameters, shape: festivalShape(parameters) };
    shapes.push(found);
  }
  return found.shape;
}

function isKnownShapes(value: unknown): value is KnownShape[] {
  return Array.isArray(value);
}

/** Field by field: called once per VU, so no text is made of them. */
function sameParameters(a: object, b: object): boolean {
  if (Object.keys(a).length !== Object.keys(b).length) return false;
  for (const name in a) {
    const left: unknown = Reflect.get(a, name);
    const right: unknown = Reflect.get(b, name);
    if (left === right) continue;
    if (typeof left !== 'object' || typeof right !== 'object') return false;
    if (left === null || right === null || !sameParameters(left, right)) return false;
  }
  return true;
}
