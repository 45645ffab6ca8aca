import { styleText } from 'node:util';
import { countOf, type Action, type Import, type Plan, type PlanItem } from './hub/plan';
import { printable } from './printable';
import { changeLines } from './show-change';

const SIGNS: Record<Exclude<Action, 'unchanged'>, string> = {
  create: styleText('green', '+'),
  update: styleText('yellow', '~'),
  conflict: styleText('red', '!'),
};

const MOST_CHANGES = 20;

/** The plan in words, ending in a line that sums it up. */
export function showPlan(plan: Plan): string {
  const shown = plan.items.flatMap((item) => (item.action === 'unchanged' ? [] : itemLines(item, SIGNS[item.action])));
  const secrets = plan.secrets.filter(({ required }) => required).map(({ slot }) => `  ${printable(slot)}`);
  const problems = problemLines(plan);
  return [
    ...shown,
    ...section('Secrets that are needed', secrets),
    ...section(styleText('red', 'Problems'), problems),
    ...(shown.length + problems.length > 0 ? [''] : []),
    summary(plan),
    '',
  ].join('\n');
}

/** Each once: what is missing may be referred to many times. */
const problemLines = ({ problems }: Plan): string[] => [
  ...new Set(
    problems.map(({ type, name, field, message }) =>
      printable(`  ${[type, name, field].filter(Boolean).join(' ')}: ${message}`),
    ),
  ),
];

/** `2 to create, 1 to update, 14 unchanged` */
function summary(plan: Plan): string {
  const counts = {
    'to create': countOf(plan, 'create'),
    'to update': countOf(plan, 'update'),
    'in conflict': countOf(plan, 'conflict'),
    unchanged: countOf(plan, 'unchanged'),
    'to be mended first': problemLines(plan).length,
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
  const why = reason ? [`    ${styleText('dim', printable(reason))}`] : [];
  return [
    `${sign} ${type} ${styleText('bold', printable(name))}`,
    ...why,
    ...changes
      .slice(0, MOST_CHANGES)
      .flatMap(changeLines)
      .map((line) => `    ${line}`),
    ...more,
  ];
}
