import { filterProblem, MAX_LEVEL_LENGTH, MAX_TOPIC_BYTES, textProblem, TOPIC_ROOT, type FieldProblem } from '#kernel';
import type { Variable } from './dashboard-content';

/** `${name}` in topics and titles. */
const MENTION = /\$\{([A-Za-z]\w{0,49})\}/g;

export const VARIABLE_NAME = /^[A-Za-z]\w{0,49}$/;

/** The names of the variables in a text. */
export const mentionsIn = (text: string): string[] => Array.from(text.matchAll(MENTION), ([, name]) => name!);

/** The text with the values of its variables; what has no value stays as it is. */
export const fillIn = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(MENTION, (mention, name: string) => values.get(name) ?? mention);

/** Why a text cannot be one level of a topic: put into a topic it must neither add levels nor wildcards. */
export function levelProblem(text: string): string | undefined {
  if (text === '') return 'must not be empty';
  if (/[/+#]/.test(text)) return 'must not contain /, + or #';
  if (text.length > MAX_LEVEL_LENGTH) return `must be at most ${MAX_LEVEL_LENGTH} characters long`;
  return textProblem(text);
}

/** What is wrong with the variables of a dashboard, each of which is sound in form. */
export function variableProblems(variables: readonly Variable[]): FieldProblem[] {
  const names = variables.map(({ name }) => name);
  return variables.flatMap((variable, index) => {
    const place = `variables[${index}]`;
    const twice = names.indexOf(variable.name) < index;
    return [
      ...(twice ? [{ field: `${place}.name`, message: `Name ${variable.name} is given to two variables` }] : []),
      ...sourceProblems(variable, place),
      ...defaultProblems(variable, place),
    ];
  });
}

function sourceProblems({ values, topics }: Variable, place: string): FieldProblem[] {
  if ((values === null) === (topics === null)) {
    return [{ field: `${place}.values`, message: 'Either values or topics is required' }];
  }
  const problem = topics === null ? undefined : topicsProblem(topics);
  if (problem !== undefined) return [{ field: `${place}.topics`, message: problem }];
  return (values ?? []).flatMap((value, index) => {
    const fault = levelProblem(value);
    return fault === undefined ? [] : [{ field: `${place}.values[${index}]`, message: `Value ${fault}` }];
  });
}

function topicsProblem(filter: string): string | undefined {
  if (!filter.startsWith(`${TOPIC_ROOT}/`)) return `Topics must start with ${TOPIC_ROOT}/`;
  // No topic is longer, and no index of the graph has room for more.
  if (Buffer.byteLength(filter) > MAX_TOPIC_BYTES) return `Topics must be at most ${MAX_TOPIC_BYTES} bytes long`;
  const wildcards = filter.split('/').filter((level) => level === '+').length;
  return filterProblem(filter) ?? (wildcards === 1 ? undefined : 'Topics must have one +, in place of the values');
}

function defaultProblems({ values, default: value }: Variable, place: string): FieldProblem[] {
  if (value === null) return [];
  const problem = levelProblem(value) ?? (values?.includes(value) === false ? 'must be one of the values' : undefined);
  return problem === undefined ? [] : [{ field: `${place}.default`, message: `Default ${problem}` }];
}
