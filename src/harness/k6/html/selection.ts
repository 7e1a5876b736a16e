/** What `parseHTML` and `response.html()` give: jQuery's way to walk a document, as k6 has it. Nothing of it changes the document. */
import type { CheerioAPI } from 'cheerio/slim';
import type { AnyNode } from 'domhandler';
import { Element } from './element.js';
import { type Nodes, parseDocument } from './parse.js';

type Tester = (index: number, element: Element) => unknown;
/** A selector, a selection, or a function that says yes or no. */
type Filter = string | Selection | Tester;

export interface FormValue {
  readonly name: string;
  readonly value: string;
}

export function parseHTML(html: unknown): Selection {
  const select = parseDocument(String(html));
  return new Selection(select, select.root());
}

export class Selection {
  readonly #select: CheerioAPI;
  readonly #nodes: Nodes;

  constructor(select: CheerioAPI, nodes: Nodes) {
    this.#select = select;
    this.#nodes = nodes;
  }

  attr(name: string, otherwise?: string): string | undefined {
    return this.#nodes.attr(name) ?? otherwise;
  }

  children(selector?: string): Selection {
    return this.#of(this.#nodes.children(selector));
  }

  closest(selector: string): Selection {
    return this.#of(this.#nodes.closest(selector));
  }

  contents(): Selection {
    return this.#of(this.#nodes.contents());
  }

  data(key?: string): unknown {
    return key === undefined ? this.#nodes.data() : this.#nodes.data(key);
  }

  each(handler: Tester): Selection {
    this.#nodes.each((i, node) => {
      handler(i, this.#element(node));
    });
    return this;
  }

  eq(index: number): Selection {
    return this.#of(this.#nodes.eq(index));
  }

  filter(filter: Filter): Selection {
    return this.#of(this.#nodes.filter((i, node) => this.#fits(filter, i, node)));
  }

  find(selector: string): Selection {
    return this.#of(this.#nodes.find(selector));
  }

  first(): Selection {
    return this.#of(this.#nodes.first());
  }

  get(index?: number): Element | Element[] | undefined {
    const elements = this.#nodes.get().map((node) => this.#element(node));
    return index === undefined ? elements : elements.at(index);
  }

  has(selector: string): Selection {
    return this.#of(this.#nodes.has(selector));
  }

  html(): string | undefined {
    return this.#nodes.first().html() ?? undefined;
  }

  is(filter: Filter): boolean {
    return this.#nodes.get().some((node, i) => this.#fits(filter, i, node));
  }

  last(): Selection {
    return this.#of(this.#nodes.last());
  }

  map(mapper: (index: number, selection: Selection) => unknown): unknown[] {
    return this.#nodes.get().map((node, i) => mapper(i, this.#of(this.#select(node))));
  }

  next(selector?: string): Selection {
    return this.#of(this.#nodes.next(selector));
  }

  nextAll(selector?: string): Selection {
    return this.#of(this.#nodes.nextAll(selector));
  }

  nextUntil(until?: string, selector?: string): Selection {
    return this.#of(this.#nodes.nextUntil(until, selector));
  }

  not(filter: Filter): Selection {
    return this.#of(this.#nodes.filter((i, node) => !this.#fits(filter, i, node)));
  }

  parent(selector?: string): Selection {
    return this.#of(this.#nodes.parent(selector));
  }

  parents(selector?: string): Selection {
    return this.#of(this.#nodes.parents(selector));
  }

  parentsUntil(until?: string, selector?: string): Selection {
    return this.#of(this.#nodes.parentsUntil(until, selector));
  }

  prev(selector?: string): Selection {
    return this.#of(this.#nodes.prev(selector));
  }

  prevAll(selector?: string): Selection {
    return this.#of(this.#nodes.prevAll(selector));
  }

  prevUntil(until?: string, selector?: string): Selection {
    return this.#of(this.#nodes.prevUntil(until, selector));
  }

  serialize(): string {
    const pairs = new URLSearchParams();
    for (const { name, value } of this.serializeArray()) pairs.append(name, value);
    return pairs.toString();
  }

  serializeArray(): FormValue[] {
    return this.#nodes.serializeArray();
  }

  serializeObject(): Record<string, string> {
    return Object.fromEntries(this.serializeArray().map(({ name, value }) => [name, value]));
  }

  size(): number {
    return this.#nodes.length;
  }

  slice(start: number, end?: number): Selection {
    return this.#of(this.#nodes.slice(start, end));
  }

  text(): string {
    return this.#nodes.text();
  }

  toArray(): Selection[] {
    return this.#nodes.get().map((node) => this.#of(this.#select(node)));
  }

  val(): string | string[] | undefined {
    return this.#nodes.val();
  }

  #of(nodes: Nodes): Selection {
    return new Selection(this.#select, nodes);
  }

  #element(node: AnyNode): Element {
    return new Element(this.#select, node);
  }

  #fits(filter: Filter, index: number, node: AnyNode): boolean {
    if (typeof filter === 'string') return this.#select(node).is(filter);
    if (filter instanceof Selection) return filter.#nodes.get().includes(node);
    return Boolean(filter(index, this.#element(node)));
  }
}
