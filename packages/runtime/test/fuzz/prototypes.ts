const watched: readonly (readonly [name: string, value: object])[] = [
  ["Object.prototype", Object.prototype],
  ["Array.prototype", Array.prototype],
  ["Function.prototype", Function.prototype],
  ["String.prototype", String.prototype],
  ["Number.prototype", Number.prototype],
  ["Promise.prototype", Promise.prototype],
  ["Map.prototype", Map.prototype],
  ["Error.prototype", Error.prototype],
  ["Uint8Array.prototype", Uint8Array.prototype],
  ["Object", Object],
];

/**
 * Remembers what the prototypes of the language have.
 *
 * @returns a function that names what was added, taken away or replaced since; `undefined` if nothing was. It looks for what was
 * replaced only if it is to be thorough, for that takes long.
 */
export function watchPrototypes(): (isThorough: boolean) => string | undefined {
  const before = watched.map(([, value]) => Object.getOwnPropertyDescriptors<object>(value));
  const counts = before.map((descriptors) => Reflect.ownKeys(descriptors).length);
  return (isThorough) => {
    for (const [index, [name, value]] of watched.entries()) {
      if (!isThorough && Reflect.ownKeys(value).length === counts[index]) continue;
      const changed = difference(before[index] ?? {}, value);
      if (changed !== undefined) return `${name}.${String(changed)} is not what it was`;
    }
    return undefined;
  };
}

function difference(before: PropertyDescriptorMap, value: object): PropertyKey | undefined {
  const keys = Reflect.ownKeys(value);
  const added = keys.find((key) => !Object.hasOwn(before, key));
  if (added !== undefined) return added;
  return Reflect.ownKeys(before).find((key) => {
    const now = Object.getOwnPropertyDescriptor(value, key);
    return now?.value !== before[key]?.value || now?.get !== before[key]?.get || now?.set !== before[key]?.set;
  });
}
