/**
 * The first JSON value of a text, and what is wrong with it in the words of Go's decoder, which clients of Toxiproxy show and match:
 * `invalid character 'x' looking for beginning of value`, `unexpected EOF`. What comes behind the value is not looked at.
 */

/** The value, parsed. Throws an Error with Go's words. */
export function firstValue(text: string): unknown {
  const scanner = new Scanner(text);
  const start = scanner.space();
  if (start === text.length) throw new Error('EOF');
  scanner.value();
  return JSON.parse(text.slice(start, scanner.at));
}

/** Goes over one value of a text, and stops at what cannot stand there. */
class Scanner {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Where the next mark is that is no white space. */
  space(): number {
    while (/^[ \t\r\n]$/.test(this.#text.charAt(this.at))) this.at++;
    return this.at;
  }

  value(): void {
    this.space();
    const mark = this.#mark();
    if (mark === '{') this.#object();
    else if (mark === '[') this.#array();
    else if (mark === '"') this.#string();
    else if (mark === '-' || isDigit(mark)) this.#number();
    else {
      const word = ['true', 'false', 'null'].find((one) => one.startsWith(mark));
      if (word === undefined) this.#fail('looking for beginning of value');
      this.#word(word);
    }
  }

  #object(): void {
    this.at++;
    if (this.#next() === '}') return void this.at++;
    for (;;) {
      if (this.#next() !== '"') this.#fail('looking for beginning of object key string');
      this.#string();
      if (this.#next() !== ':') this.#fail('after object key');
      this.at++;
      this.value();
      if (this.#next() === '}') return void this.at++;
      if (this.#mark() !== ',') this.#fail('after object key:value pair');
      this.at++;
    }
  }

  #array(): void {
    this.at++;
    if (this.#next() === ']') return void this.at++;
    for (;;) {
      this.value();
      if (this.#next() === ']') return void this.at++;
      if (this.#mark() !== ',') this.#fail('after array element');
      this.at++;
    }
  }

  #string(): void {
    this.at++;
    for (let mark = this.#mark(); mark !== '"'; mark = this.#mark()) {
      if (mark < ' ') this.#fail('in string literal');
      this.at++;
      if (mark === '\\') this.#escape();
    }
    this.at++;
  }

  #escape(): void {
    const mark = this.#mark();
    if (!'"\\/bfnrtu'.includes(mark)) this.#fail('in string escape code');
    this.at++;
    for (let left = mark === 'u' ? 4 : 0; left > 0; left--) {
      if (!/^[0-9a-fA-F]$/.test(this.#mark())) this.#fail('in \\u hexadecimal character escape');
      this.at++;
    }
  }

  #number(): void {
    if (this.#mark() === '-') this.at++;
    if (!isDigit(this.#mark())) this.#fail('in numeric literal');
    if (this.#mark() === '0') this.at++;
    else this.#digits();
    if (this.#text[this.at] === '.') {
      this.at++;
      if (!isDigit(this.#mark())) this.#fail('after decimal point in numeric literal');
      this.#digits();
    }
    if (!/^[eE]$/.test(this.#text.charAt(this.at))) return;
    this.at++;
    if (/^[+-]$/.test(this.#mark())) this.at++;
    if (!isDigit(this.#mark())) this.#fail('in exponent of numeric literal');
    this.#digits();
  }

  #digits(): void {
    while (isDigit(this.#text.charAt(this.at))) this.at++;
  }

  #word(word: string): void {
    for (const wanted of word) {
      if (this.#mark() !== wanted) this.#fail(`in literal ${word} (expecting '${wanted}')`);
      this.at++;
    }
  }

  #next(): string {
    this.space();
    return this.#mark();
  }

  /** What stands here. Throws at the end of the text. */
  #mark(): string {
    const mark = this.#text[this.at];
    if (mark === undefined) throw new Error('unexpected EOF');
    return mark;
  }

  #fail(where: string): never {
    throw new Error(`invalid character ${quoted(this.#mark())} ${where}`);
  }
}

function isDigit(mark: string): boolean {
  return /^[0-9]$/.test(mark);
}

/** As Go quotes a byte. */
function quoted(mark: string): string {
  if (mark === "'") return String.raw`'\''`;
  if (mark === '"') return `'"'`;
  const byte = Buffer.from(mark, 'utf8').subarray(0, 1).toString('latin1');
  return `'${JSON.stringify(byte).slice(1, -1)}'`;
}
