import { styleText } from 'node:util';
import { countOf, type Action, type FieldChange, type Import, type Plan, type PlanItem } from './hub/plan';

const SIGNS: Record<Exclude<Action, 'unchanged'>, string> = {
  create: styleText('green', '+'),
  update: styleText('yellow', '~'),
  conflict: styleText('red', '!'),
};

/** Of one side of a change. */
const LONGEST_VALUE = 60;
const MOST_CHANGES = 20;

/** The plan in words, ending in a line that sums it up. */
export function showPlan(plan: Plan): string {
  const shown = plan.items.flatMap((item) => (item.action === 'unchanged' ? [] : itemLines(item, SIGNS[item.action])));
  const secrets = plan.secrets.filter(({ required }) => required).map(({ slot }) => `  ${slot}`);
  const problems = plan.problems.map(
    ({ type, name, field, message }) => `  ${[type, name, field].filter(Boolean).join(' ')}: ${message}`,
  );
  return [
    ...shown,
    ...section('Secrets that are needed', secrets),
    ...section(styleText('red', 'Problems'), problems),
    ...(shown.length > 0 ? [''] : []),
    summary(plan),
    '',
  ].join('\n');
}

/** `2 to create, 1 to update, 14 unchanged` */
function summary(plan: Plan): string {
  const counts = {
    'to create': countOf(plan, 'create'),
    'to update': countOf(plan, 'update'),
    'in conflict': countOf(plan, 'conflict'),
    unchanged: countOf(plan, 'unchanged'),
    'to be mended first': plan.problems.length,
  };
  return counted(counts) || 'nothing in it';
}

/** `2 created, 1 updated` */
export const doneWords = ({ counts: { create, update, keep } }: Import): string =>
  counted({ created: create, updated: update, 'kept as here': keep }) || 'nothing';

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([words, count]) => `${count} ${words}`)
    .join(', ');

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? ['', `${title}:`, ...lines] : [];

function itemLines({ type, name, reason, changes }: PlanItem, sign: string): string[] {
  const more = changes.length > MOST_CHANGES ? [`    … and ${changes.length - MOST_CHANGES} more`] : [];
  const why = reason ? [`    ${styleText('dim', reason)}`] : [];
  return [
    `${sign} ${type} ${styleText('bold', name)}`,
    ...why,
    ...changes.slice(0, MOST_CHANGES).map(changeLine),
    ...more,
  ];
}

function changeLine({ field, from, to }: FieldChange): string {
  if (from === undefined) return `    ${field}: ${short(to)}`;
  return `    ${field}: ${short(from)} → ${to === undefined ? 'nothing' : short(to)}`;
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`;
}
