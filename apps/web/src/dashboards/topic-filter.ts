/** Whether an MQTT filter matches a topic (MQTT 5, section 4.7). */
export function matches(filter: string, topic: string): boolean {
  const [levels, names] = [filter.split('/'), topic.split('/')];
  for (const [index, level] of levels.entries()) {
    if (level === '#') return true;
    if (index >= names.length || (level !== '+' && level !== names[index])) return false;
  }
  return levels.length === names.length;
}

/** `${line}` replaced; a variable without a value matches every level. */
export const fillIn = (text: string, values: ReadonlyMap<string, string>, otherwise = '+'): string =>
  text.replace(/\$\{(\w+)\}/g, (_, name: string) => values.get(name) ?? otherwise);

/** The member of an object value that a dotted name means; without a name the value itself. */
export function fieldOf(value: unknown, field: string | null | undefined): unknown {
  if (field === undefined || field === null || field === '') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.hasOwn(value, field)) return memberOf(value, field);
  return field.split('.').reduce<unknown>((at, name) => memberOf(at, name), value);
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

/** Dotted names of the numbers in an object, for somebody to choose from. */
export function numberFields(value: unknown, prefix = '', depth = 0): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > 4) return [];
  return Object.entries(value)
    .slice(0, 100)
    .flatMap(([name, member]) =>
      typeof member === 'number' ? [prefix + name] : numberFields(member, `${prefix}${name}.`, depth + 1),
    );
}
