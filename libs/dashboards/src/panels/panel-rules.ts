import { filterProblem, TOPIC_ROOT, topicProblem, type FieldProblem } from '#kernel';
import { SchemaValidator } from '#platform/json-schema';
import { bucketMilliseconds } from '#uns';
import { GRID_COLUMNS, type Panel, type PanelQuery, type PanelType } from '../dashboard-content';
import { fillIn, mentionsIn } from '../variables';
import { PANEL_TYPE_DEFINITIONS } from './panel-types';

const validators = new Map<PanelType, SchemaValidator>();

/** Making one takes milliseconds: no start waits for all of them. */
function validatorOf(type: PanelType): SchemaValidator {
  const validator = validators.get(type) ?? new SchemaValidator(PANEL_TYPE_DEFINITIONS[type].options);
  validators.set(type, validator);
  return validator;
}

/** What is wrong with the panels of a dashboard that has these variables; each is sound in form. */
export function panelProblems(panels: readonly Panel[], variables: ReadonlySet<string>): FieldProblem[] {
  const first = new Map(panels.map(({ id }, index) => [id, index] as const).reverse());
  return panels.flatMap((panel, index) => {
    const place = `panels[${index}]`;
    const twice = first.get(panel.id)! < index;
    return [
      ...(twice ? [{ field: `${place}.id`, message: `Id ${panel.id} is given to two panels` }] : []),
      ...positionProblems(panel, place),
      ...optionProblems(panel, place),
      ...queriesProblems(panel, place, variables),
    ];
  });
}

function positionProblems({ position: { x, w } }: Panel, place: string): FieldProblem[] {
  if (x + w <= GRID_COLUMNS) return [];
  return [{ field: `${place}.position.w`, message: `A panel must end within the ${GRID_COLUMNS} columns` }];
}

function optionProblems({ type, options }: Panel, place: string): FieldProblem[] {
  const problems = validatorOf(type)
    .problems(options)
    .map(({ field, message }) => ({
      field: field ? `${place}.options.${field}` : `${place}.options`,
      message: message.endsWith(' is not known') ? `Option ${message} to panels of type ${type}` : message,
    }));
  const { min, max } = options;
  if (typeof min === 'number' && typeof max === 'number' && min >= max) {
    problems.push({ field: `${place}.options.min`, message: 'min must be less than max' });
  }
  return problems;
}

function queriesProblems({ type, queries }: Panel, place: string, variables: ReadonlySet<string>): FieldProblem[] {
  if (PANEL_TYPE_DEFINITIONS[type].shows === 'nothing' && queries.length > 0) {
    return [{ field: `${place}.queries`, message: `Panels of type ${type} have no queries` }];
  }
  return queries.flatMap((query, index) => queryProblems(query, `${place}.queries[${index}]`, variables));
}

function queryProblems(query: PanelQuery, place: string, variables: ReadonlySet<string>): FieldProblem[] {
  const { topic, aggregate, bucket } = query;
  const unknown = mentionsIn(topic).find((name) => !variables.has(name));
  const problem = unknown === undefined ? patternProblem(topic) : `Variable ${unknown} is not defined`;
  const problems = problem === undefined ? [] : [{ field: `${place}.topic`, message: problem }];
  if (bucket !== null && aggregate === null) {
    problems.push({ field: `${place}.aggregate`, message: 'Aggregate is required where a bucket is given' });
  }
  if (bucket !== null && bucketMilliseconds(bucket) === undefined) {
    problems.push({ field: `${place}.bucket`, message: 'Bucket must be at most 1000d' });
  }
  return problems;
}

/** What is wrong with a topic whatever its variables are; it may have wildcards. */
function patternProblem(topic: string): string | undefined {
  // Any level will do: those of variables keep to the rules of levels.
  const filled = fillIn(topic, new Map(mentionsIn(topic).map((name) => [name, 'x'])));
  if (!/[+#]/.test(filled)) return topicProblem(filled);
  if (!filled.startsWith(`${TOPIC_ROOT}/`)) return `Topic must start with ${TOPIC_ROOT}/`;
  return filterProblem(filled) ?? topicProblem(filled.replace(/[+#]/g, 'x'));
}
