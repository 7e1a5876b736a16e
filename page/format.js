/** Numbers as the report writes them. */

/** `6,214,331` @param {number} value */
export function count(value) {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `850 us`, `1.24 ms`, `12.3 s`; a dash where nothing was measured. @param {number | null | undefined} us */
export function timeUs(us) {
  if (us === null || us === undefined) return '-';
  if (us < 999.5) return `${Math.round(us)} us`;
  return us < 999_500 ? `${threeDigits(us / 1000)} ms` : `${threeDigits(us / 1e6)} s`;
}

/** `0.42`, `1.5` cores. @param {number} value */
export function cores(value) {
  return value.toFixed(2);
}

/** `0:07`, `12:30`, `1:02:03`. @param {number} seconds */
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}

/** @param {number} value */
function threeDigits(value) {
  if (value < 9.995) return value.toFixed(2);
  return value < 99.95 ? value.toFixed(1) : String(Math.round(value));
}

/** `40 ms`, `0.4 s`, `12.0 s`. @param {number} ms */
export function lengthMs(ms) {
  return ms < 100 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
