/** What the view model is made of: lines of text, each with what it is to its reader. Text from outside becomes printable here. */
import { printable } from './printable.js';

/** What a line is: news to act on, a doubt, or a plain fact. */
export type Tone = 'bad' | 'doubt' | 'plain';

export interface ViewLine {
  readonly text: string;
  readonly tone: Tone;
}

export interface ViewSection {
  readonly label: string;
  readonly lines: readonly ViewLine[];
}

export function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

export function section(label: string, lines: readonly ViewLine[]): ViewSection {
  return { label, lines };
}

export function plain(text: string): ViewLine {
  return { text: printable(text), tone: 'plain' };
}

export function doubt(text: string): ViewLine {
  return { text: printable(text), tone: 'doubt' };
}

export function bad(text: string): ViewLine {
  return { text: printable(text), tone: 'bad' };
}
