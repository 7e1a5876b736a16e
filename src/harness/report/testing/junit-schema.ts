/**
 * For tests: the rules of the schema that Jenkins' xUnit plugin checks JUnit files by (junit-10.xsd), as data: which
 * element may stand in which, which attributes it may and must have, and how times are written. Only of what junit.xml
 * uses; anything else is an error here, as an unknown element is there.
 */

interface Rule {
  readonly children: readonly string[];
  readonly attributes: readonly string[];
  readonly required: readonly string[];
  readonly hasText?: boolean;
}

const SUITE = ['name', 'tests', 'failures', 'errors'];

const RULES: Readonly<Record<string, Rule>> = {
  testsuites: {
    children: ['testsuite'],
    attributes: ['name', 'time', 'tests', 'failures', 'errors'],
    required: [],
  },
  testsuite: {
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
    attributes: [
      ...SUITE,
      ...['group', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file', 'log'],
      'url',
    ],
    required: SUITE,
  },
  properties: { children: ['property'], attributes: [], required: [] },
  property: { children: [], attributes: ['name', 'value'], required: ['name', 'value'] },
  testcase: {
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
    attributes: ['name', 'time', 'classname', 'group'],
    required: ['name'],
  },
  failure: { children: [], attributes: ['type', 'message'], required: [], hasText: true },
  error: { children: [], attributes: ['type', 'message'], required: [], hasText: true },
  skipped: { children: [], attributes: ['type', 'message'], required: [], hasText: true },
  'system-out': { children: [], attributes: [], required: [], hasText: true },
  'system-err': { children: [], attributes: [], required: [], hasText: true },
};

const TIME = /^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$/;
const TOKEN = /<\?[^>]*\?>|<(\/?)([a-zA-Z-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|[^<]+|</g;
const ENTITY = /&(?!(amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);)/;

/** One line for each thing that is not as the schema wants it; empty where the file passes. */
export function errorsOfJunit10(xml: string): string[] {
  const errors: string[] = [];
  const open: string[] = [];
  for (const [token, close, name = '', attributes = '', empty] of xml.matchAll(TOKEN)) {
    const parent = open.at(-1);
    if (token.startsWith('<?')) continue;
    if (ENTITY.test(token)) errors.push(`a bare & in ${token}`);
    if (name === '') errors.push(...textErrors(token, parent));
    else if (close === '/') {
      if (open.pop() !== name) errors.push(`</${name}> closes ${parent}`);
    } else {
      errors.push(...elementErrors(name, attributes, parent));
      if (empty !== '/') open.push(name);
    }
  }
  return [...errors, ...open.map((name) => `${name} is not closed`)];
}

function textErrors(text: string, parent: string | undefined): string[] {
  if (text.trim() === '' || RULES[parent ?? '']?.hasText === true) return [];
  return [`text in ${parent}: ${text}`];
}

function elementErrors(name: string, attributes: string, parent: string | undefined): string[] {
  const rule = RULES[name];
  if (rule === undefined) return [`no element is called ${name}`];
  const found = new Map(
    [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
  );
  const time = found.get('time');
  const isRoot = parent === undefined && name === 'testsuites';
  return [
    ...(isRoot || RULES[parent ?? '']?.children.includes(name) ? [] : [`${name} in ${parent}`]),
    ...[...found.keys()].filter((key) => !rule.attributes.includes(key)),
    ...rule.required.filter((key) => !found.has(key)),
    ...(time === undefined || TIME.test(time) ? [] : [`time ${time}`]),
  ];
}
