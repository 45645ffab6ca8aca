import type { Contribution, EntityKey, Reference } from '#platform/dependencies';
import type { Panel, Variable } from './dashboard-content';
import type { Dashboard } from './dashboard.entity';
import { mentionsIn } from './variables';

export const dashboardKey = (id: string): EntityKey => ({ type: 'dashboard', key: id });

/** A dashboard as the graph keeps it: with the topics that it shows, and those that its variables choose from. */
export function contributionOf({
  id,
  name,
  variables,
  panels,
}: Pick<Dashboard, 'id' | 'name' | 'variables' | 'panels'>): Contribution {
  const references = [...panels.flatMap(panelReferences), ...variables.flatMap(variableReferences)];
  return { entity: { ...dashboardKey(id), id, name }, references };
}

const panelReferences = ({ id, title, queries }: Panel): Reference[] =>
  queries.map(({ topic }, index) => ({
    ...topicsOf(topic),
    via: `panels[${JSON.stringify(title || id)}].queries[${index}].topic`,
  }));

const variableReferences = ({ name, topics }: Variable): Reference[] =>
  topics === null ? [] : [{ ...topicsOf(topics), via: `variables[${JSON.stringify(name)}].topics` }];

/** What a variable can hold is one level, so it selects what `+` in its place would, also where it is a part of one. */
function topicsOf(topic: string): Omit<Reference, 'via'> {
  const open = topic
    .split('/')
    .map((level) => (mentionsIn(level).length > 0 ? '+' : level))
    .join('/');
  return { type: 'topic', key: open, kind: /[+#]/.test(open) ? 'matches' : 'uses' };
}
