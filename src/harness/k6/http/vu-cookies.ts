/** The cookie jar of a virtual user: one for all that it sends, of one iteration, unless the script keeps it (`noCookiesReset`). */
import type { Vu } from '../../vu/virtual-user.js';
import { CookieJar } from './cookie-jar.js';

const ALL = new WeakMap<Vu, VuCookies>();

export function cookiesOf(vu: Vu): VuCookies {
  let own = ALL.get(vu);
  if (own === undefined) {
    own = new VuCookies(vu);
    ALL.set(vu, own);
  }
  return own;
}

export class VuCookies {
  readonly #vu: Vu;
  #jar: CookieJar | undefined = undefined;
  #iteration = -1;

  constructor(vu: Vu) {
    this.#vu = vu;
  }

  /** Undefined where nobody has asked for it in this iteration. */
  get known(): CookieJar | undefined {
    const { iterationOfVu, thread } = this.#vu;
    if (iterationOfVu !== this.#iteration && !thread.host.http.options.noCookiesReset)
      this.#jar = undefined;
    this.#iteration = iterationOfVu;
    return this.#jar;
  }

  get jar(): CookieJar {
    this.#jar = this.known ?? new CookieJar();
    return this.#jar;
  }
}
