/**
 * How the pages write numbers: one place, so that the terminal, the HTML page and the live view agree. Pure.
 */

/** `6,214,331`; fractions are rounded away. */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 fault`, `2 faults`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A share from 0 to 1: `65 %`, `1.3 %`, `0.027 %`, `99.97 %`; 0 % and 100 % are said only of nothing and all. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0 || value === 100) return `${value} %`;
  if (value < 0.001) return 'under 0.001 %';
  if (value > 99.99) return 'over 99.99 %';
  if (value > 99) return `${Math.floor(value * 100) / 100} %`;
  return value < 10 ? `${Number(value.toPrecision(2))} %` : `${Math.round(value)} %`;
}

/** A time in microseconds with three significant digits: `850 us`, `1.24 ms`, `214 ms`, `12.3 s`. */
export function timeUs(us: number): string {
  if (us < 999.5) return `${Math.round(us)} us`;
  if (us < 999_500) return `${threeDigits(us / 1000)} ms`;
  return `${threeDigits(us / 1_000_000)} s`;
}

/** The same, or a dash where nothing was measured. */
export function timeOrNone(us: number | null): string {
  return us === null ? '-' : timeUs(us);
}

/** One of a trend's figures by k6's name: `count` is a number, all others are microseconds. */
export function statWords(name: string, value: number): string {
  return name === 'count' ? count(value) : timeUs(value);
}

/** Bytes: `9.13 GB`, `214 MB`. */
export function gigabytes(bytes: number): string {
  const mega = bytes / 1e6;
  return mega < 999.5 ? `${Math.round(mega)} MB` : `${threeDigits(mega / 1000)} GB`;
}

/** A length of time in milliseconds: `40 ms`, `0.4 s`, `12.0 s`. */
export function lengthMs(ms: number): string {
  return ms < 100 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** A point of time or a time left: `0:07`, `12:30`, `1:02:03`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  if (hours > 0) return `${hours}:${two(minutes)}:${two(seconds % 60)}`;
  return `${minutes}:${two(seconds % 60)}`;
}

/** A point of time to a tenth of a second: `0:07.4`. */
export function momentMs(ms: number): string {
  const tenths = Math.round(ms / 100);
  return `${clock(Math.floor(tenths / 10) * 1000)}.${tenths % 10}`;
}

/** Breaks at spaces so that no line is wider than `width`; a word that is wider is broken too. Nothing is lost. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).flatMap((whole) => pieces(whole, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}

function pieces(word: string, width: number): string[] {
  if (word.length <= width) return [word];
  const count = Math.ceil(word.length / width);
  return Array.from({ length: count }, (_, i) => word.slice(i * width, (i + 1) * width));
}

/** A text of several lines without the empty ones around it and without the margin that all its lines share. */
export function outdented(text: string): string {
  const lines = text.replace(/^(\s*\n)+|\s+$/g, '').split('\n');
  const margins = lines.filter((line) => /\S/.test(line)).map((line) => line.search(/\S/));
  const margin = Math.min(...margins);
  return lines.map((line) => line.slice(margin)).join('\n');
}

/** Cuts with `...` what is longer than `width`. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 3))}...`;
}

function threeDigits(value: number): string {
  if (value < 9.995) return value.toFixed(2);
  return value < 99.95 ? value.toFixed(1) : String(Math.round(value));
}
