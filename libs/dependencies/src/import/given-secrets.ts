import { invalid, type FieldProblem, type JsonValue } from '#kernel';
import { SECRET_PLACE, type PortableContent, type PortableEntity } from '#platform/dependencies';
import { isSame } from '../format';
import { withValues } from './places';
import { slotOf, type Plan } from './plan';
import type { Step } from './resolutions';

/** By slots; null for a secret that is left out on purpose. */
export type GivenSecrets = Readonly<Record<string, JsonValue>>;

/** Told at once. */
const MOST_TOLD = 100;

/** @throws DomainError `bad_request` naming every slot that is missing, or unknown to the plan. */
export function requireSecrets(plan: Plan, steps: readonly Step[], given: GivenSecrets): void {
  const known = new Set(plan.items.flatMap((item) => item.secrets.map(({ place }) => slotOf(item, place))));
  const unknown = Object.keys(given)
    .filter((slot) => !known.has(slot))
    .slice(0, MOST_TOLD);
  const missing = steps.filter(isChange).flatMap(({ planned, secrets }) =>
    secrets
      .filter(({ required }) => required)
      .map(({ place }) => slotOf(planned, place))
      .filter((slot) => !isGiven(given, slot)),
  );
  const problems = [
    ...missing.map((slot): FieldProblem => ({
      field: `secrets.${slot}`,
      message: `Secret ${slot} is required; null leaves it out`,
    })),
    ...unknown.map((slot): FieldProblem => ({
      field: `secrets.${slot.slice(0, 200)}`,
      message: `The plan has no secret ${slot.slice(0, 200)}`,
    })),
  ];
  const [first, ...others] = problems.slice(0, MOST_TOLD);
  if (first) throw invalid(first, ...others);
}

/** The content with its secrets; those that nobody gave stay what they are. */
export function withSecrets(
  content: PortableContent,
  { planned, secrets }: Step,
  given: GivenSecrets,
): PortableContent {
  const values = secrets.map(({ place }): [string, JsonValue | undefined] => {
    const slot = slotOf(planned, place);
    if (!isGiven(given, slot)) return [place, SECRET_PLACE];
    return [place, given[slot] ?? undefined];
  });
  return withValues(content, new Map(values));
}

/**
 * The step of an entity that nothing else changes: a secret that is given and is another than the one here changes it.
 * Leaving one out is no change: what others have filled in since stays.
 * @param named gives a content with names in the place of ids.
 */
export function renewed(
  step: Step,
  { content, secrets }: PortableEntity,
  given: GivenSecrets,
  named: (content: PortableContent) => PortableContent,
): Step {
  const own = step.secrets.filter(({ place }) => {
    const slot = slotOf(step.planned, place);
    return isGiven(given, slot) && given[slot] !== null;
  });
  if (step.action !== 'unchanged' || own.length === 0) return step;
  const update: Step = { ...step, action: 'update', content: named(content), secrets: own };
  const now = withValues(content, secrets);
  return isSame(now, withSecrets(now, update, given)) ? step : update;
}

/** What stands in the place of a secret is none, and neither is nothing at all. */
const isGiven = (given: GivenSecrets, slot: string): boolean =>
  Object.hasOwn(given, slot) && given[slot] !== SECRET_PLACE && given[slot] !== '';

export const isChange = ({ action }: Step): boolean => action === 'create' || action === 'update';
