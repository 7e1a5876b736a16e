/**
 * What a page has somebody ask for: the request that a click on a link makes, or sending a form. As k6 has them: a form's fields are
 * those that a browser would send, then the button that sends it, then what the script fills in; keys are sorted.
 */
import type { Selection } from '../html/selection.js';

export interface PageRequest {
  readonly method: string;
  readonly url: string;
  /** Undefined where the fields are in the URL. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
  readonly params: unknown;
}

const LINK = 'a[href]';
const FORM = 'form';
const SUBMIT = '[type="submit"]';

/** `pageUrl`: where the page came from, which its addresses are relative to. Throws where there is no such link. */
export function linkRequest(page: Selection, pageUrl: string, given: unknown): PageRequest {
  const { selector = LINK, params } = Object(given);
  const link = page.find(String(selector));
  if (link.size() === 0)
    throw new Error(`no element found for selector '${selector}' in response '${pageUrl}'`);
  const href = link.attr('href');
  if (href === undefined)
    throw new Error(`no valid href attribute value found on element '${selector}' in '${pageUrl}'`);
  return { method: 'GET', url: new URL(href, pageUrl).href, fields: undefined, params };
}

/** Throws where there is no such form. */
export function formRequest(page: Selection, pageUrl: string, given: unknown): PageRequest {
  const { formSelector = FORM, submitSelector = SUBMIT, fields, params } = Object(given);
  const form = page.find(String(formSelector)).first();
  if (form.size() === 0)
    throw new Error(`no form found for selector '${formSelector}' in response '${pageUrl}'`);
  const method = (form.attr('method') ?? 'GET').toUpperCase();
  const url = new URL(form.attr('action') ?? '', pageUrl);
  const button = form.find(String(submitSelector)).first();
  const name = button.attr('name');
  const values: Record<string, unknown> = {
    ...form.serializeObject(),
    ...(name === undefined ? {} : { [name]: button.val() ?? '' }),
    ...Object(fields),
  };
  if (method !== 'GET') return { method, url: url.href, fields: values, params };
  for (const key of Object.keys(values).sort()) url.searchParams.append(key, String(values[key]));
  return { method, url: url.href, fields: undefined, params };
}
