/** One part of a target file that `paydrill check` tried. */
export interface TriedPart {
  readonly part: string;
  readonly isWell: boolean;
  /** False: it could not be, and the words say why; then it is well. Default true. */
  readonly isTried?: boolean;
  /** One line. */
  readonly words: string;
}
