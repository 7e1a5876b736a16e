/** A word that nobody else has: boundaries of parts, nonces. Drawn from the VU's generator, so that a run can be had again. */
export type DrawToken = () => string;

const DIGITS = 32;

export function tokenFrom(random: { nextFloat(): number }): DrawToken {
  return () => {
    let token = '';
    for (let i = 0; i < DIGITS; i++) token += Math.floor(random.nextFloat() * 16).toString(16);
    return token;
  };
}
