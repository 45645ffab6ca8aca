import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { ModelsService } from '#models';
import { DependencyIndex, type EntityKey } from '#platform/dependencies';
import { modelTargets } from '../dependencies/contributions';
import type { SchemaRules } from '../schemas/schema-rules';
import type { FullSchemaContent } from './schema-content';

/** Makes rules of contents that came in. */
@Injectable()
export class SchemaRulesReader {
  constructor(
    private readonly models: ModelsService,
    private readonly index: DependencyIndex,
  ) {}

  /**
   * In the order of the contents, with the models as `DependencyIndex.keep` expects them. They are held to what came with them; that is the model's version of now where it says
   * the same, and none that has a number here where it does not.
   * @throws DomainError `not_found` for a model that does not exist.
   */
  async read(
    organizationId: string,
    contents: readonly FullSchemaContent[],
  ): Promise<{ rules: SchemaRules[]; targets: EntityKey[] }> {
    const named = [...new Set(contents.map(({ modelId }) => modelId))].flatMap(modelTargets);
    const targets = await this.index.present(organizationId, named);
    const now = new Map<string, Awaited<ReturnType<ModelsService['schemaOf']>>>();
    for (const { modelId } of contents) {
      if (modelId === null || now.has(modelId)) continue;
      now.set(modelId, await this.models.schemaOf(organizationId, modelId));
    }
    const rules = contents.map((content) => {
      const model = content.modelId === null ? undefined : now.get(content.modelId);
      const isNow = model !== undefined && isDeepStrictEqual(model.schema, content.modelSchema);
      return { ...content, modelVersion: isNow ? model.version : null };
    });
    return { rules, targets };
  }
}

/** Where the model says what it said before, it is the version that it was. */
export const sameVersion = (rules: SchemaRules, before: SchemaRules | null): SchemaRules =>
  before && rules.modelId === before.modelId && isDeepStrictEqual(rules.modelSchema, before.modelSchema)
    ? { ...rules, modelVersion: before.modelVersion }
    : rules;
