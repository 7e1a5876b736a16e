/**
 * A payer's own amounts as a histogram of sixteen classes, each twice as wide as the one before: what is small and what is
 * large for this payer. 32 bytes a payer; when a class is full all are halved, so that old habits fade.
 *
 *   class 0: under 1 yuan    1: 1 to 2    2: 2 to 4   ...   15: 16,384 and more
 */
export const AMOUNT_CLASSES = 16;
const CLASS_COUNT_MAX = 0xffff;

export function amountClass(yuan: number): number {
  const bits = 32 - Math.clz32(Math.min(yuan, 0x7fffffff));
  return bits < AMOUNT_CLASSES ? bits : AMOUNT_CLASSES - 1;
}

export function addAmount(classes: Uint16Array, at: number, yuan: number): void {
  const place = at + amountClass(yuan);
  if (classes[place] === CLASS_COUNT_MAX) {
    for (let i = at; i < at + AMOUNT_CLASSES; i++) classes[i] >>= 1;
  }
  classes[place]++;
}

/** Classes by which `yuan` lies over the median of what was added; 0 where nothing was. */
export function overMedian(classes: Uint16Array, at: number, yuan: number): number {
  let total = 0;
  for (let i = at; i < at + AMOUNT_CLASSES; i++) total += classes[i];
  if (total === 0) return 0;
  let below = 0;
  let median = 0;
  while (below + classes[at + median] < total / 2) below += classes[at + median++];
  return amountClass(yuan) - median;
}
