/**
 * k6 gives scripts plain objects: what they hold can be listed, made JSON of and taken out of them (`const { abort } = exec.test`).
 * Here they are views with getters and methods; this puts those of its class on the view itself.
 */
export function listed<View extends object>(view: View): View {
  const members = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(view));
  for (const [name, { get, value }] of Object.entries(members)) {
    const enumerable = name !== 'default';
    if (name === 'constructor') continue;
    if (get === undefined)
      Object.defineProperty(view, name, { value: value.bind(view), enumerable });
    else Object.defineProperty(view, name, { get: get.bind(view), enumerable });
  }
  return view;
}
