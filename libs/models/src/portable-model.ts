import { newId, type FieldProblem, type JsonValue } from '#kernel';
import { judgeNamed, notAReference, type CheckedContent, type PortableContent } from '#platform/dependencies';
import { ModelInput } from './dto/model.dto';
import { contentOf } from './model-content';
import type { Model } from './model.entity';

/** What of a model leaves the organization. */
export const portableContent = ({ description, fields }: Pick<Model, 'description' | 'fields'>): PortableContent => ({
  description,
  fields: fields as unknown as JsonValue,
});

/** Judges a model that came in by itself; those that it names are looked for by others. Throws nothing. */
export function checkModel(name: string, content: PortableContent): CheckedContent {
  // A reference by name stands for a model that will have an id.
  const references = new Map<string, string>();
  const withIds = withModels(content, (text) => {
    if (!text.startsWith('mhub://')) return text;
    const id = newId();
    references.set(id, text);
    return id;
  });
  const { input, problems: refused } = judgeNamed(ModelInput, name, withIds);
  const { content: model, problems } = refused.length > 0 ? { problems: refused.map(toldOfFile) } : contentOf(input);
  if (!model || problems.length > 0) return { content, secrets: [], problems };
  const sound = withModels(portableContent({ ...model, fields: [...model.fields] }), (id) => references.get(id) ?? id);
  return { content: sound, secrets: [], problems };
}

/** What has to be an id in the API is a name in files. */
const toldOfFile = ({ field, message }: FieldProblem): FieldProblem =>
  field.endsWith('.modelId') ? { field, message: `Model id ${notAReference('model')}` } : { field, message };

/** The same content with other texts in the places where its fields name models. */
export function withModels(content: PortableContent, map: (text: string) => string): PortableContent {
  const inField = (field: JsonValue, depth: number): JsonValue => {
    if (!isObject(field) || depth > DEEPEST) return field;
    const { modelId, items, fields } = field;
    return {
      ...field,
      ...(typeof modelId === 'string' && { modelId: map(modelId) }),
      ...(items !== undefined && { items: inField(items, depth + 1) }),
      ...(Array.isArray(fields) && { fields: fields.map((inner) => inField(inner, depth + 1)) }),
    };
  };
  if (!isObject(content) || !Array.isArray(content['fields'])) return content;
  return { ...content, fields: content['fields'].map((field) => inField(field, 0)) };
}

/** Where no model is any more. */
const DEEPEST = 64;

const isObject = (value: JsonValue): value is { [name: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
