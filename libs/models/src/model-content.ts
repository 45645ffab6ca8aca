import type { FieldProblem } from '#kernel';
import type { ModelInput } from './dto/model.dto';
import type { ModelContent } from './model-changes';
import type { FieldShape, ModelField } from './model-field';
import { modelProblems } from './model-rules';

/** A model as it is kept of what somebody gives, and what does not fit together in it. A null is a member left out. */
export function contentOf({ name, description, fields: given }: ModelInput): {
  content: ModelContent;
  problems: FieldProblem[];
} {
  // Plain objects: what is undefined in the input classes is no member of the document.
  const fields = (JSON.parse(JSON.stringify(given)) as ModelField[]).map(withoutNulls);
  return { content: { name, description: description ?? null, fields }, problems: modelProblems(fields) };
}

function withoutNulls<S extends FieldShape>(shape: S): S {
  const own = Object.fromEntries(Object.entries(shape).filter(([, member]) => member !== null)) as S;
  return {
    ...own,
    ...(own.items && { items: withoutNulls(own.items) }),
    ...(own.fields && { fields: own.fields.map(withoutNulls) }),
  };
}
