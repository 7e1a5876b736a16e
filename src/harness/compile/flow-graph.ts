/**
 * Places that values flow into, and the ways between them; values run along until nothing changes. What the values and places are
 * is the caller's affair.
 */
export class FlowGraph<Place, Value> {
  readonly #values = new Map<Place, Set<Value>>();
  readonly #ways = new Map<Place, Set<Place>>();
  readonly #watchers = new Map<Place, ((value: Value) => void)[]>();
  readonly #arrived: (readonly [Place, Value])[] = [];
  #isRunning = false;

  /** What has come to a place so far. */
  at(place: Place): ReadonlySet<Value> {
    return this.#values.get(place) ?? NONE;
  }

  put(value: Value, place: Place): void {
    const values = this.#values.get(place) ?? new Set();
    if (values.has(value)) return;
    this.#values.set(place, values.add(value));
    this.#arrived.push([place, value]);
    this.#run();
  }

  /** Whatever comes to `from`, comes to `to`. */
  connect(from: Place, to: Place): void {
    const ways = this.#ways.get(from) ?? new Set();
    if (from === to || ways.has(to)) return;
    this.#ways.set(from, ways.add(to));
    for (const value of this.at(from)) this.put(value, to);
  }

  /** Told of each value that comes to a place, also of those that are there. */
  watch(place: Place, watcher: (value: Value) => void): void {
    const watchers = this.#watchers.get(place) ?? [];
    this.#watchers.set(place, [...watchers, watcher]);
    for (const value of this.at(place)) watcher(value);
  }

  /** One after the other, whatever the watchers put in meanwhile: programs may be deep. */
  #run(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let next = this.#arrived.pop(); next !== undefined; next = this.#arrived.pop()) {
      const [place, value] = next;
      for (const to of this.#ways.get(place) ?? []) this.put(value, to);
      for (const watcher of this.#watchers.get(place) ?? []) watcher(value);
    }
    this.#isRunning = false;
  }
}

const NONE: ReadonlySet<never> = new Set();
