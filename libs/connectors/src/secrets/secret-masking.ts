import type { JsonValue } from '#kernel';
import { SECRET_MASK } from './secret-fields';

/** Shorter ones occur by chance, and would make texts unreadable. */
const SHORTEST = 4;

/** Texts to be told without the given secrets, however those may be encoded in them. */
export class SecretMasking {
  private readonly texts: readonly string[];

  constructor(secrets: Iterable<JsonValue>) {
    const long = [...textsOf([...secrets])].filter((text) => text.length >= SHORTEST);
    // The longest first: one may be part of another.
    this.texts = [...new Set(long.flatMap(spellings))].sort((a, b) => b.length - a.length);
  }

  text = (text: string): string => this.texts.reduce((masked, secret) => masked.replaceAll(secret, SECRET_MASK), text);

  /** In every text of a value, keys included. */
  value<T extends JsonValue>(value: T): T {
    if (typeof value === 'string') return this.text(value) as T;
    if (Array.isArray(value)) return value.map((member) => this.value(member)) as T;
    if (value === null || typeof value !== 'object') return value;
    const members = Object.entries(value).map(([key, member]) => [this.text(key), this.value(member)]);
    return Object.fromEntries(members) as T;
  }
}

function* textsOf(value: JsonValue): Generator<string> {
  if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) yield* textsOf(member);
  else if (value !== null) yield String(value);
}

const spellings = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret.toWellFormed()),
  new URLSearchParams([['', secret]]).toString().slice(1),
  JSON.stringify(secret).slice(1, -1),
];
