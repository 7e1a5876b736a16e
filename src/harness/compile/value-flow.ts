/**
 * Which functions may be called where: the call graph of a script, with every function that is handed about as a value. Errs towards
 * more: what it does not name at a call is not called there.
 *
 * Values flow from where they are made to where they are called: through names, arguments, returns and properties. A property is one
 * place for the whole script, by its name, whatever object it is of ("field-based": Feldthaus and others, Efficient construction of
 * approximate call graphs for JavaScript IDE services, ICSE 2013). What has no name flows through two places more:
 *
 *   ELEMENTS     elements of arrays, what builtins are given and give back, what is thrown, what generators yield
 *   PROPERTIES   properties by a name that is only known when it runs: `table[key]`; all of them
 *
 * One class, because each kind of node is a short rule over the same graph and the same places: apart they would hand all of it about.
 */
import type { AnyNode, CallExpression, NewExpression, TaggedTemplateExpression } from 'acorn';
import { type CallKind, OPERATIONS } from '../k6/module-api.js';
import { BUILTIN_NAMES, callbackPlaces, GIVES_ELEMENTS } from './builtin-calls.js';
import { requiredModule } from './bundler-output.js';
import type { CallKindOf, MethodsOf } from './call-targets.js';
import { FlowGraph } from './flow-graph.js';
import type { ScopedModule } from './scope.js';
import {
  type ClassNode,
  type FunctionNode,
  isClassNode,
  isFunctionNode,
  keyName,
  type Site,
} from './syntax.js';

/** A function of a k6 module. */
export interface K6Function {
  readonly type: 'K6Function';
  readonly name: string;
  readonly kind: CallKind;
}

interface K6Module {
  readonly type: 'K6Module';
  readonly name: string;
}

/** Whatever is in ELEMENTS, or in PROPERTIES. */
const ELEMENTS = 'elements';
const PROPERTIES = 'properties';
/** What every property by a known name holds too: it was written by an unknown one. */
const WRITTEN_ANYWHERE = 'written by an unknown name';
export const ANYTHING = [ELEMENTS, PROPERTIES, WRITTEN_ANYWHERE] as const;

/** Any function that is there. */
export type Anything = (typeof ANYTHING)[number];
export type Callee = FunctionNode | K6Function | Anything;

type Value = Callee | ClassNode | K6Module;
/** A node of an expression, the identifier that declares a name, the body of a function for what it returns, or a name. */
type Place = object | string;
type Call = CallExpression | NewExpression | TaggedTemplateExpression;

/** What is given to functions that somebody calls who is not seen. */
const FROM_ANYWHERE = 'given from anywhere';

const OPERATIONS_VALUE: K6Module = { type: 'K6Module', name: OPERATIONS };

export class ValueFlow {
  readonly #graph = new FlowGraph<Place, Value>();
  readonly #module: ScopedModule;
  readonly #callKindOf: CallKindOf;
  readonly #methodsOf: MethodsOf;
  readonly #withMethods = new Set<string>();
  readonly #callees = new Map<AnyNode, Callee[]>();
  readonly #k6 = new Map<string, K6Function | K6Module>();
  readonly #ownNames: ReadonlySet<string>;
  /** Some property is written by a name that is only known when it runs. */
  readonly #writesAnywhere: boolean;
  readonly #constructed = new Set<FunctionNode>();
  readonly #answers = new Map<Place, readonly Callee[]>();
  /** Of these any is called somewhere. */
  readonly #called = new Set<Anything>();

  constructor(
    module: ScopedModule,
    k6: { readonly callKindOf: CallKindOf; readonly methodsOf: MethodsOf },
  ) {
    this.#module = module;
    this.#callKindOf = k6.callKindOf;
    this.#methodsOf = k6.methodsOf;
    this.#ownNames = propertyNames(module);
    this.#writesAnywhere = writesAnywhere(module);
    this.#graph.put(ELEMENTS, FROM_ANYWHERE);
    this.#graph.watch(ELEMENTS, (value) => this.#isCalledAnywhere(value));
    for (const site of module.all) this.#add(site);
  }

  /** What a call may call. */
  callees(call: AnyNode): readonly Callee[] {
    return this.#callees.get(call) ?? [];
  }

  /** What may be called that an expression gives. */
  valuesOf(expression: AnyNode): readonly Callee[] {
    return this.#at(this.#place(expression));
  }

  /** Functions among the elements of arrays, or the properties of objects. */
  within(anything: Anything): readonly Callee[] {
    return this.#at(anything);
  }

  /** `new` is used on it, or it has a prototype, and it is no class's constructor. */
  isConstructed(fn: FunctionNode): boolean {
    return this.#constructed.has(fn);
  }

  /** The script has a property of that name. */
  isOwnName(name: string): boolean {
    return this.#ownNames.has(name);
  }

  /** Asked for when nothing flows any more. */
  #at(place: Place): readonly Callee[] {
    const known = this.#answers.get(place) ?? [...this.#graph.at(place)].filter(isCallee);
    this.#answers.set(place, known);
    return known;
  }

  #add({ node, ancestors }: Site): void {
    switch (node.type) {
      case 'ImportDeclaration':
        for (const specifier of node.specifiers) {
          const name = this.#module.bindingOf(specifier.local)?.imported?.name ?? '*';
          this.#graph.put(this.#k6Value(String(node.source.value), name), specifier.local);
        }
        break;
      case 'FunctionDeclaration':
        if (node.id) this.#graph.put(node, this.#place(node.id));
        break;
      case 'FunctionExpression':
        this.#graph.put(node, node);
        if (node.id) this.#graph.put(node, this.#place(node.id));
        break;
      case 'ArrowFunctionExpression':
        this.#graph.put(node, node);
        break;
      case 'ClassDeclaration':
      case 'ClassExpression':
        this.#graph.put(node, node);
        if (node.id) this.#graph.put(node, this.#place(node.id));
        break;
      case 'ReturnStatement': {
        const fn = ancestors.findLast(isFunctionNode);
        if (fn !== undefined) this.#flow(node.argument, fn.body);
        break;
      }
      case 'VariableDeclarator':
        if (node.init) this.#assign(node.id, this.#place(node.init));
        break;
      case 'ForOfStatement':
        this.#assign(
          node.left.type === 'VariableDeclaration' ? node.left.declarations[0]?.id : node.left,
          FROM_ANYWHERE,
        );
        break;
      case 'CatchClause':
        this.#assign(node.param, FROM_ANYWHERE);
        break;
      case 'AssignmentPattern':
        this.#assign(node.left, this.#place(node.right));
        break;
      case 'AssignmentExpression':
        this.#assign(node.left, this.#place(node.right));
        this.#flow(node.right, node);
        break;
      case 'ThrowStatement':
        this.#flow(node.argument, ELEMENTS);
        break;
      case 'YieldExpression':
        this.#flow(node.argument, ELEMENTS);
        this.#flow(node.argument, this.#property('value'));
        this.#graph.connect(FROM_ANYWHERE, node);
        break;
      case 'AwaitExpression':
        this.#flow(node.argument, node);
        break;
      case 'ConditionalExpression':
        this.#flow(node.consequent, node);
        this.#flow(node.alternate, node);
        break;
      case 'LogicalExpression':
        this.#flow(node.left, node);
        this.#flow(node.right, node);
        break;
      case 'SequenceExpression':
        this.#flow(node.expressions.at(-1), node);
        break;
      case 'ArrayExpression':
        for (const element of node.elements) this.#flow(element, ELEMENTS);
        break;
      case 'MemberExpression':
        this.#read(this.#place(node.object), keyName(node.property, node.computed), node);
        break;
      case 'MethodDefinition':
      case 'PropertyDefinition':
        if (node.value)
          this.#define(node, node.value, node.type === 'MethodDefinition' ? node.kind : 'init');
        break;
      case 'Property':
        if (ancestors.at(-2)?.type !== 'ObjectPattern')
          this.#define(node, node.value, isListOfGetters(ancestors) ? 'get' : node.kind);
        break;
      case 'CallExpression':
      case 'NewExpression':
        this.#call(
          node,
          node.callee.type === 'Super' ? superClass(ancestors) : node.callee,
          node.arguments,
        );
        break;
      case 'TaggedTemplateExpression':
        this.#call(node, node.tag, [node.quasi, ...node.quasi.expressions]);
        break;
      default:
    }
  }

  /** Property of an object or a class. */
  #define(
    of: { readonly key: AnyNode; readonly computed: boolean },
    value: AnyNode,
    kind: string,
  ): void {
    const place = this.#written(keyName(of.key, of.computed));
    if (kind === 'get' && isFunctionNode(value)) this.#flow(value.body, place);
    else if (kind === 'set' && isFunctionNode(value)) this.#assign(value.params[0], place);
    else if (kind !== 'constructor') this.#flow(value, place);
  }

  #assign(pattern: AnyNode | null | undefined, from: Place): void {
    switch (pattern?.type) {
      case 'Identifier':
        this.#graph.connect(from, this.#place(pattern));
        break;
      case 'MemberExpression':
        this.#graph.connect(from, this.#written(keyName(pattern.property, pattern.computed)));
        break;
      case 'AssignmentPattern':
        this.#assign(pattern.left, from);
        break;
      case 'ArrayPattern':
        for (const element of pattern.elements) this.#assign(element, FROM_ANYWHERE);
        break;
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type !== 'Property') this.#assign(property.argument, from);
          else {
            this.#read(from, keyName(property.key, property.computed), property);
            this.#assign(property.value, property);
          }
        }
        break;
      case 'RestElement':
        this.#assign(pattern.argument, from);
        break;
      default:
    }
  }

  #call(call: Call, called: AnyNode | undefined, given: readonly AnyNode[]): void {
    const module = requiredModule(call);
    if (module !== undefined) this.#graph.put(this.#k6Value(module, '*'), call);
    if (called === undefined) return;
    this.#graph.watch(this.#place(called), (value) => this.#calls(call, value, given));
    const name =
      called.type === 'MemberExpression' ? keyName(called.property, called.computed) : undefined;
    if (
      called.type === 'MemberExpression' &&
      (name === 'call' || name === 'apply' || name === 'bind')
    )
      this.#graph.watch(this.#place(called.object), (value) =>
        this.#callsBy(name, { call, value, given }),
      );
    const isGlobal = called.type === 'Identifier' && this.#module.bindingOf(called) === undefined;
    const isHelper = called.type === 'Identifier' && called.name === '__toESM';
    if (isHelper) {
      this.#flow(given[0], call);
      this.#flow(given[0], this.#property('default'));
    } else if (
      isGlobal ||
      (name !== undefined && (!this.#ownNames.has(name) || BUILTIN_NAMES.has(name)))
    )
      this.#callsUnseen(call, called, given);
  }

  /** What is no function of the script may call what it is given, keep it, and give back what it has. */
  #callsUnseen(call: Call, callee: AnyNode, given: readonly AnyNode[]): void {
    const isOnlyCalled = callbackPlaces(callee);
    for (const [at, argument] of given.entries())
      if (isOnlyCalled(at)) this.#isGivenAway(argument);
      else this.#flow(argument, ELEMENTS);
    if (callee.type !== 'MemberExpression') return;
    const name = keyName(callee.property, callee.computed) ?? '';
    if (GIVES_ELEMENTS.has(name)) this.#graph.connect(FROM_ANYWHERE, call);
    if (name === 'next') this.#graph.connect(FROM_ANYWHERE, this.#property('value'));
    const { object } = callee;
    if (object.type === 'Identifier' && (object.name === 'Object' || object.name === 'Reflect')) {
      // Object.values() and its kin make elements of properties; Object.assign() and its kin give back what they are given.
      this.#graph.put(PROPERTIES, ELEMENTS);
      this.#flow(given[0], call);
    }
  }

  #calls(call: Call, value: Value, given: readonly AnyNode[]): void {
    if (typeof value === 'string') {
      this.#note(call, value);
      this.#callAnything(value);
      if (value === WRITTEN_ANYWHERE && !this.#writesAnywhere) return;
      for (const argument of given) this.#flow(argument, ELEMENTS);
      this.#graph.connect(FROM_ANYWHERE, call);
    } else if (value.type === 'K6Function') this.#callsK6(call, value, given);
    else if (value.type === 'ClassDeclaration' || value.type === 'ClassExpression')
      this.#constructs(call, value, given);
    else if (value.type !== 'K6Module') {
      this.#note(call, value);
      if (call.type === 'NewExpression') this.#constructed.add(value);
      this.#give(given, value);
      this.#flow(value.body, call);
    }
  }

  #callsK6(call: Call, value: K6Function, given: readonly AnyNode[]): void {
    this.#note(call, value);
    if (value.kind === 'operations') this.#graph.put(OPERATIONS_VALUE, call);
    const [, second] = given;
    if (value.kind === 'group' && second !== undefined)
      this.#graph.watch(this.#place(second), (body) => {
        if (isFunction(body)) this.#flow(body.body, call);
      });
    if (value.kind === 'plain' || value.kind === 'session')
      for (const argument of given) this.#isGivenAway(argument);
  }

  #callsBy(
    how: 'call' | 'apply' | 'bind',
    {
      call,
      value,
      given,
    }: { readonly call: Call; readonly value: Value; readonly given: readonly AnyNode[] },
  ): void {
    if (how === 'bind') {
      this.#graph.put(value, call);
      if (isFunction(value)) this.#give(given.slice(1), value);
    } else if (how === 'call') this.#calls(call, value, given.slice(1));
    else {
      this.#calls(call, value, []);
      if (isFunction(value))
        for (const parameter of value.params) this.#assign(parameter, FROM_ANYWHERE);
    }
  }

  #constructs(call: Call, value: ClassNode, given: readonly AnyNode[]): void {
    const own = value.body.body.find(
      (member) => member.type === 'MethodDefinition' && member.kind === 'constructor',
    );
    if (own?.type === 'MethodDefinition') {
      this.#note(call, own.value);
      this.#give(given, own.value);
    } else if (value.superClass)
      this.#graph.watch(this.#place(value.superClass), (parent) =>
        this.#calls(call, parent, given),
      );
  }

  #give(given: readonly AnyNode[], { params }: FunctionNode): void {
    const spread = given.findIndex(({ type }) => type === 'SpreadElement');
    const named = spread < 0 ? given : given.slice(0, spread);
    for (const [at, parameter] of params.entries()) {
      if (parameter.type === 'RestElement') {
        for (const argument of named.slice(at)) this.#flow(argument, ELEMENTS);
        return;
      }
      const argument = named[at];
      if (argument !== undefined) this.#assign(parameter, this.#place(argument));
      else if (spread >= 0) this.#assign(parameter, FROM_ANYWHERE);
    }
    // `arguments` holds the rest
    for (const argument of named.slice(params.length)) this.#flow(argument, ELEMENTS);
  }

  /** To who calls it, and gives it to nobody else. */
  #isGivenAway(argument: AnyNode): void {
    this.#graph.watch(this.#place(argument), (value) => {
      if (typeof value === 'string') this.#callAnything(value);
      else this.#isCalledAnywhere(value);
    });
  }

  #isCalledAnywhere(value: Value): void {
    if (!isFunction(value)) return;
    for (const parameter of value.params) this.#assign(parameter, FROM_ANYWHERE);
    this.#flow(value.body, ELEMENTS);
  }

  #callAnything(anything: Anything): void {
    if (this.#called.has(anything)) return;
    this.#called.add(anything);
    this.#graph.watch(anything, (value) => {
      if (typeof value === 'string') this.#callAnything(value);
      else this.#isCalledAnywhere(value);
    });
  }

  #read(object: Place, name: string | undefined, to: Place): void {
    if (name === undefined) {
      this.#graph.connect(FROM_ANYWHERE, to);
      this.#graph.put(PROPERTIES, to);
      return;
    }
    this.#graph.connect(this.#property(name), to);
    this.#graph.watch(object, (value) => {
      if (name === 'prototype' && isFunction(value)) this.#constructed.add(value);
      if (typeof value === 'object' && value.type === 'K6Module')
        this.#graph.put(this.#k6Value(value.name, name), to);
    });
  }

  #property(name: string): Place {
    const place = `.${name}`;
    this.#graph.connect(place, PROPERTIES);
    this.#graph.put(WRITTEN_ANYWHERE, place);
    return place;
  }

  #written(name: string | undefined): Place {
    return name === undefined ? WRITTEN_ANYWHERE : this.#property(name);
  }

  #k6Value(module: string, name: string): K6Function | K6Module {
    if (module === OPERATIONS) return { type: 'K6Function', name, kind: 'promise' };
    const isWhole = name === '*' || name === 'default';
    const key = isWhole ? module : `${module} ${name}`;
    const known = this.#k6.get(key);
    if (known !== undefined) return known;
    this.#putMethods(module);
    const value = isWhole
      ? ({ type: 'K6Module', name: module } as const)
      : ({ type: 'K6Function', name, kind: this.#callKindOf(module, name) ?? 'plain' } as const);
    this.#k6.set(key, value);
    return value;
  }

  /** Of what the module makes: they may be meant wherever a method is called so. */
  #putMethods(module: string): void {
    if (this.#withMethods.has(module)) return;
    this.#withMethods.add(module);
    for (const [name, kind] of Object.entries(this.#methodsOf(module)))
      this.#graph.put({ type: 'K6Function', name, kind }, this.#property(name));
  }

  #note(call: AnyNode, value: Callee): void {
    const callees = this.#callees.get(call) ?? [];
    if (!callees.includes(value)) callees.push(value);
    this.#callees.set(call, callees);
  }

  #place(expression: AnyNode): Place {
    if (expression.type === 'ChainExpression') return this.#place(expression.expression);
    if (expression.type !== 'Identifier') return expression;
    return this.#module.bindingOf(expression)?.identifier ?? expression;
  }

  #flow(from: AnyNode | null | undefined, to: Place): void {
    if (from?.type === 'SpreadElement') this.#graph.connect(FROM_ANYWHERE, to);
    else if (from) this.#graph.connect(this.#place(from), to);
  }
}

function isFunction(value: Value): value is FunctionNode {
  return typeof value === 'object' && FUNCTIONS.has(value.type);
}

const FUNCTIONS: ReadonlySet<string> = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
]);

function isCallee(value: Value): value is Callee {
  return typeof value === 'string' || value.type === 'K6Function' || isFunction(value);
}

/** `__export(shop_exports, { order: () => order })`: how the bundler makes an object of a module's exports. */
function isListOfGetters(ancestors: readonly AnyNode[]): boolean {
  const call = ancestors.at(-3);
  return (
    call?.type === 'CallExpression' &&
    call.callee.type === 'Identifier' &&
    call.callee.name === '__export'
  );
}

/** What `super(...)` calls. */
function superClass(ancestors: readonly AnyNode[]): AnyNode | undefined {
  return ancestors.findLast(isClassNode)?.superClass ?? undefined;
}

/** Names that the script gives to properties. */
function propertyNames(module: ScopedModule): ReadonlySet<string> {
  return new Set(writtenNames(module).filter((name) => name !== undefined));
}

function writesAnywhere(module: ScopedModule): boolean {
  return writtenNames(module).includes(undefined);
}

function writtenNames(module: ScopedModule): readonly (string | undefined)[] {
  return module.all.flatMap(({ node }) => {
    if (
      node.type === 'Property' ||
      node.type === 'MethodDefinition' ||
      node.type === 'PropertyDefinition'
    )
      return [keyName(node.key, node.computed)];
    return node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression'
      ? [keyName(node.left.property, node.left.computed)]
      : [];
  });
}
