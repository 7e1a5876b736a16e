/** What the pictures of report.html have in common: each is drawn twice, for a wide page and for a phone, because letters shrink with a picture. */

/** A picture and the plot in it, in its own units; about one a pixel where it is shown. */
export interface Frame {
  readonly name: 'wide' | 'narrow';
  readonly width: number;
  readonly left: number;
  readonly right: number;
  readonly timeLabelsMax: number;
}

/** The style sheet shows one of them. */
export const FRAMES: readonly Frame[] = [
  { name: 'wide', width: 960, left: 72, right: 948, timeLabelsMax: 10 },
  { name: 'narrow', width: 360, left: 58, right: 352, timeLabelsMax: 5 },
];

/** The next of 1, 2, 2.5, 5, 10 times a power of ten. */
export function roundStep(raw: number): number {
  const unit = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * unit >= raw) ?? 10;
  return factor * unit;
}

/** A coordinate to a tenth of a unit. */
export function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
