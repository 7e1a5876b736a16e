/** What a decision may spend on walking the graph: one step for each pair that is read. What is left over when it is spent is a cut. */
export class Steps {
  taken = 0;
  cut = false;
  #max = 0;

  start(max: number): void {
    this.taken = 0;
    this.cut = false;
    this.#max = max;
  }

  /** False when the budget is spent: the walk ends with what it has. */
  take(): boolean {
    if (this.taken < this.#max) {
      this.taken++;
      return true;
    }
    this.cut = true;
    return false;
  }
}
