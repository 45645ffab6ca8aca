import type { JsonValue } from '#kernel';

type JsonObject = { [name: string]: JsonValue };

/** Stands for a secret wherever one is shown; sent back, it keeps the one there is. */
export const SECRET_MASK = '********';

/** Secrets by their places in the config, as JSON Pointers (RFC 6901). */
export type Secrets = ReadonlyMap<string, JsonValue>;

/** A config with masks in the places of its secrets, and those. */
export interface SplitConfig {
  config: JsonObject;
  secrets: Secrets;
}

/** Keywords whose schemas apply to the same value. */
const BRANCHES = ['allOf', 'anyOf', 'oneOf', 'if', 'then', 'else'];
/** Keywords that lead on to places where secrets are looked for. */
const LEADING = [...BRANCHES, 'properties', 'additionalProperties', '$defs'];
const MARK = 'x-secret';

/** Which places of a config are secret, by the marks in its schema. */
export class SecretFields {
  /** @throws Error where a mark stands in a place that is not looked at, such as the elements of a list. */
  constructor(private readonly schema: object) {
    requireReachable(schema as JsonObject);
  }

  /** Takes the secrets out. Those that are null are none. */
  split(config: JsonObject): SplitConfig {
    const secrets = new Map<string, JsonValue>();
    const masked = this.replace(config, (secret, pointer) => {
      secrets.set(pointer, secret);
      return SECRET_MASK;
    });
    return { config: masked, secrets };
  }

  /** Puts the secrets in the places of their masks. */
  join({ config, secrets }: SplitConfig): JsonObject {
    return this.replace(config, (_, pointer) => secrets.get(pointer));
  }

  /**
   * A new config with the secrets it keeps of the one before. The mask and the empty text keep a secret, and so does leaving
   * it out, as long as the object around it is there and its `type` the same; null removes it.
   */
  merge(config: JsonObject, before?: SplitConfig): JsonObject {
    const complete = before ? (this.withLeftOut([this.schema], config, before.config) as JsonObject) : config;
    return this.fill(complete, before?.secrets);
  }

  /** A config whose masks and empty texts become the secrets in their places. Those that are left out are none. */
  fill(config: JsonObject, secrets?: Secrets): JsonObject {
    return this.replace(config, (secret, pointer) =>
      secret === SECRET_MASK || secret === '' ? secrets?.get(pointer) : secret,
    );
  }

  /** Where the objects of a config could have secrets and have none, as JSON Pointers. */
  placesWithout(config: JsonObject): string[] {
    const visit = (schemas: readonly object[], value: JsonValue | undefined, pointer: string): string[] => {
      if (!isObject(value)) return [];
      const named = this.expanded(schemas).flatMap(({ properties }: { properties?: object }) =>
        Object.keys(properties ?? {}),
      );
      return [...new Set([...named, ...Object.keys(value)])].flatMap((name) => {
        const member = this.of(schemas, name);
        const place = `${pointer}/${escaped(name)}`;
        if (isSecret(member)) return Object.hasOwn(value, name) ? [] : [place];
        return Object.hasOwn(value, name) ? visit(member, value[name], place) : [];
      });
    };
    return visit([this.schema], config, '');
  }

  /** The config with masks in the places, whose objects it has. */
  withMasks(config: JsonObject, places: readonly string[]): JsonObject {
    const visit = (value: JsonObject, pointer: string): JsonObject => {
      const masked = objectOf(value, (name, member) =>
        isObject(member) ? visit(member, `${pointer}/${escaped(name)}`) : member,
      );
      const here = places.filter((place) => place.slice(0, place.lastIndexOf('/')) === pointer);
      const masks = here.map((place) => [unescaped(place.slice(pointer.length + 1)), SECRET_MASK]);
      return Object.fromEntries([...Object.entries(masked), ...masks]) as JsonObject;
    };
    return visit(config, '');
  }

  private replace(
    config: JsonObject,
    replacement: (secret: JsonValue, pointer: string) => JsonValue | undefined,
  ): JsonObject {
    const visit = (schemas: readonly object[], value: JsonValue, pointer: string): JsonValue | undefined => {
      if (isSecret(schemas)) return value === null ? undefined : replacement(value, pointer);
      if (!isObject(value)) return value;
      return objectOf(value, (name, member) => visit(this.of(schemas, name), member, `${pointer}/${escaped(name)}`));
    };
    return visit(this.expanded([this.schema]), config, '') as JsonObject;
  }

  private withLeftOut(schemas: readonly object[], value: JsonValue, before: JsonValue | undefined): JsonValue {
    if (!isObject(value) || !isObject(before)) return value;
    const kept = objectOf(value, (name, member) => {
      const earlier = Object.hasOwn(before, name) ? before[name] : undefined;
      return this.withLeftOut(this.of(schemas, name), member, earlier);
    });
    if (value['type'] !== before['type']) return kept;
    const leftOut = Object.entries(before).filter(
      ([name]) => !Object.hasOwn(value, name) && isSecret(this.of(schemas, name)),
    );
    return Object.fromEntries([...Object.entries(kept), ...leftOut]);
  }

  /** The schemas of a member. */
  private of(schemas: readonly object[], name: string): object[] {
    const members = this.expanded(schemas).flatMap((schema) => {
      const { properties, additionalProperties } = schema as {
        properties?: JsonObject;
        additionalProperties?: unknown;
      };
      const member: unknown = properties && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
      return typeof member === 'object' && member !== null ? [member] : [];
    });
    return this.expanded(members);
  }

  /** With those of all branches, and those that are only referred to. Marking one branch hides the place in all. */
  private expanded(schemas: readonly object[]): object[] {
    const all = new Set<object>();
    const add = (schema: unknown): void => {
      if (typeof schema !== 'object' || schema === null || all.has(schema)) return;
      all.add(schema);
      const keywords = schema as Record<string, unknown>;
      for (const branch of BRANCHES) [keywords[branch]].flat().forEach(add);
      if (typeof keywords['$ref'] === 'string') add(this.referred(keywords['$ref']));
    };
    schemas.forEach(add);
    return [...all];
  }

  private referred(reference: string): unknown {
    const steps = reference.replace(/^#\/?/, '').split('/').filter(Boolean);
    return steps.reduce<unknown>(
      (schema, step) => (schema as Record<string, unknown> | undefined)?.[step],
      this.schema,
    );
  }
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSecret = (schemas: readonly object[]): boolean =>
  schemas.some((schema) => (schema as Record<string, unknown>)[MARK] === true);

/** Members whose new value is undefined are left out. */
function objectOf(value: JsonObject, change: (name: string, member: JsonValue) => JsonValue | undefined): JsonObject {
  const members = Object.entries(value).map(([name, member]) => [name, change(name, member)] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined)) as JsonObject;
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
const unescaped = (name: string): string => name.replaceAll('~1', '/').replaceAll('~0', '~');

/** A mark that nobody sees would leave a secret in clear. */
function requireReachable(schema: JsonValue): void {
  if (Array.isArray(schema)) schema.forEach(requireReachable);
  if (!isObject(schema)) return;
  for (const [keyword, inner] of Object.entries(schema)) {
    if (keyword === 'properties' || keyword === '$defs') Object.values(inner as JsonObject).forEach(requireReachable);
    else if (LEADING.includes(keyword)) requireReachable(inner);
    else if (JSON.stringify(inner).includes(`"${MARK}"`)) {
      throw new Error(`${MARK} must not stand under ${keyword}: it would not be seen there`);
    }
  }
}
