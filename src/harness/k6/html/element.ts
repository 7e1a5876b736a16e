/** One node of a document, as `selection.get()` and `each()` give it: the DOM's fields as methods, as k6 has them. */
import type { CheerioAPI } from 'cheerio/slim';
import { type AnyNode, hasChildren, isTag, isText } from 'domhandler';

const ELEMENT_NODE = 1;

export class Element {
  readonly #select: CheerioAPI;
  readonly #node: AnyNode;

  constructor(select: CheerioAPI, node: AnyNode) {
    this.#select = select;
    this.#node = node;
  }

  attributes(): Record<string, { readonly name: string; readonly value: string }> {
    const own = isTag(this.#node) ? this.#node.attribs : {};
    return Object.fromEntries(Object.entries(own).map(([name, value]) => [name, { name, value }]));
  }

  getAttribute(name: string): string | undefined {
    return isTag(this.#node) ? this.#node.attribs[name] : undefined;
  }

  hasAttribute(name: string): boolean {
    return this.getAttribute(name) !== undefined;
  }

  hasAttributes(): boolean {
    return Object.keys(this.attributes()).length > 0;
  }

  id(): string {
    return this.getAttribute('id') ?? '';
  }

  className(): string | undefined {
    return this.getAttribute('class');
  }

  classList(): string[] {
    return (this.className() ?? '').split(/\s+/).filter((name) => name !== '');
  }

  nodeName(): string {
    return isTag(this.#node) ? this.#node.name.toLowerCase() : `#${this.#node.type}`;
  }

  nodeType(): number {
    return this.#node.nodeType;
  }

  nodeValue(): string | undefined {
    return isText(this.#node) ? this.#node.data : undefined;
  }

  textContent(): string {
    return this.#select(this.#node).text();
  }

  innerHTML(): string | undefined {
    return this.#select(this.#node).html() ?? undefined;
  }

  toString(): string {
    return this.#select.html(this.#node);
  }

  childNodes(): Element[] {
    return hasChildren(this.#node) ? this.#node.children.map((node) => this.#of(node)) : [];
  }

  children(): Element[] {
    return this.childNodes().filter((child) => child.nodeType() === ELEMENT_NODE);
  }

  childElementCount(): number {
    return this.children().length;
  }

  hasChildNodes(): boolean {
    return this.childNodes().length > 0;
  }

  firstChild(): Element | undefined {
    return this.childNodes()[0];
  }

  firstElementChild(): Element | undefined {
    return this.children()[0];
  }

  lastChild(): Element | undefined {
    return this.childNodes().at(-1);
  }

  lastElementChild(): Element | undefined {
    return this.children().at(-1);
  }

  nextSibling(): Element | undefined {
    return this.#maybe(this.#node.next);
  }

  previousSibling(): Element | undefined {
    return this.#maybe(this.#node.prev);
  }

  nextElementSibling(): Element | undefined {
    return this.#maybe(this.#select(this.#node).next().get(0));
  }

  previousElementSibling(): Element | undefined {
    return this.#maybe(this.#select(this.#node).prev().get(0));
  }

  parentNode(): Element | undefined {
    return this.#maybe(this.#node.parent);
  }

  parentElement(): Element | undefined {
    return this.#maybe(this.#select(this.#node).parent().get(0));
  }

  contains(other: Element): boolean {
    for (let node: AnyNode | null = other.#node; node !== null; node = node.parent)
      if (node === this.#node) return true;
    return false;
  }

  isSameNode(other: Element): boolean {
    return other.#node === this.#node;
  }

  isEqualNode(other: Element): boolean {
    return other.toString() === this.toString();
  }

  matches(selector: string): boolean {
    return this.#select(this.#node).is(selector);
  }

  querySelector(selector: string): Element | undefined {
    return this.querySelectorAll(selector)[0];
  }

  querySelectorAll(selector: string): Element[] {
    return this.#select(this.#node)
      .find(selector)
      .get()
      .map((node) => this.#of(node));
  }

  getElementsByClassName(name: string): Element[] {
    return this.querySelectorAll(`.${name}`);
  }

  getElementsByTagName(name: string): Element[] {
    return this.querySelectorAll(name);
  }

  /** Of links, images, forms, fields: the attribute, as it stands there. */
  href(): string {
    return this.getAttribute('href') ?? '';
  }

  src(): string {
    return this.getAttribute('src') ?? '';
  }

  action(): string {
    return this.getAttribute('action') ?? '';
  }

  method(): string {
    return (this.getAttribute('method') ?? 'get').toLowerCase();
  }

  name(): string {
    return this.getAttribute('name') ?? '';
  }

  type(): string {
    return this.getAttribute('type') ?? '';
  }

  value(): string {
    const value = this.#select(this.#node).val();
    return Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
  }

  checked(): boolean {
    return this.hasAttribute('checked');
  }

  disabled(): boolean {
    return this.hasAttribute('disabled');
  }

  selected(): boolean {
    return this.hasAttribute('selected');
  }

  text(): string {
    return this.textContent();
  }

  #of(node: AnyNode): Element {
    return new Element(this.#select, node);
  }

  #maybe(node: AnyNode | null | undefined): Element | undefined {
    return node === null || node === undefined ? undefined : this.#of(node);
  }
}
