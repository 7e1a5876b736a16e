/** Words that grow in number, without an object for each: ids of the few operations that a part lists. */
export class WordList {
  #words = new Int32Array(256);
  #length = 0;

  /** The id whose four words lie at `at` in `words`. */
  addId(words: Int32Array, at: number): void {
    if (this.#length + 4 > this.#words.length) {
      const larger = new Int32Array(this.#words.length * 2);
      larger.set(this.#words);
      this.#words = larger;
    }
    for (let word = 0; word < 4; word++) this.#words[this.#length++] = words[at + word];
  }

  /** A copy of what there is. */
  words(): Int32Array {
    return this.#words.slice(0, this.#length);
  }
}
