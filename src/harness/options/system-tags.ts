/** `systemTags`: which of the tags that k6 makes itself samples carry. A script's own tags of these names are its own affair. */
import type { OptionFields } from './option-fields.js';

const BY_DEFAULT =
  'proto subproto status method url name group check error error_code tls_version scenario service expected_response';

const SYSTEM_TAGS: readonly string[] = `${BY_DEFAULT} vu iter ip ocsp_status`.split(' ');
const DEFAULT: ReadonlySet<string> = new Set(BY_DEFAULT.split(' '));

/** Undefined where the script does not say: then it is k6's choice. */
export function systemTagsOf(fields: OptionFields): readonly string[] | undefined {
  return fields.has('systemTags') ? fields.list('systemTags').map(String) : undefined;
}

/** Those of the option that nothing has. */
export function unknownSystemTags(given: readonly string[] | undefined): readonly string[] {
  return (given ?? []).filter((name) => !SYSTEM_TAGS.includes(name));
}

export function carries(given: readonly string[] | undefined, name: string): boolean {
  return given === undefined ? DEFAULT.has(name) : given.includes(name);
}
