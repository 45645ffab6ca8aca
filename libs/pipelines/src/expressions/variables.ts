import type { JsonValue } from '#kernel';

/** What expressions can name. Each is undefined where it makes no sense, such as `$item` outside a loop. */
export const VARIABLES = [
  '$trigger',
  '$node',
  '$input',
  '$item',
  '$index',
  '$execution',
  '$pipeline',
  '$system',
] as const;

export type Variable = (typeof VARIABLES)[number];

export type Scope = Readonly<Partial<Record<Variable, JsonValue>>>;

export const isVariable = (name: string): name is Variable => (VARIABLES as readonly string[]).includes(name);
