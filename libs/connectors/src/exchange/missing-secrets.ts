import type { KnownProtocol, JsonObject } from '../protocols';

/** Secrets that are looked for at once. */
const MOST_TOGETHER = 3;
/** Places that are tried: three of twelve are three hundred ways. */
const MOST_PLACES = 12;

/** The fewest places of secrets, as JSON Pointers, without which the config would not be sound; none where that is not why. */
export function missingSecrets({ secretFields, configProblems }: Judge, config: JsonObject): string[] {
  const isSound = (places: readonly string[]): boolean =>
    configProblems(secretFields.withMasks(config, places)).length === 0;
  if (isSound([])) return [];
  const places = secretFields.placesWithout(config).slice(0, MOST_PLACES);
  for (let count = 1; count <= MOST_TOGETHER; count++) {
    for (const some of combinations(places, count)) if (isSound(some)) return some;
  }
  return [];
}

interface Judge {
  secretFields: Pick<KnownProtocol['secretFields'], 'withMasks' | 'placesWithout'>;
  configProblems: KnownProtocol['configProblems'];
}

function* combinations(of: readonly string[], count: number): Generator<string[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (const [index, first] of of.entries()) {
    for (const others of combinations(of.slice(index + 1), count - 1)) yield [first, ...others];
  }
}
