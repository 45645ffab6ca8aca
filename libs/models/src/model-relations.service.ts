import { Injectable } from '@nestjs/common';
import { conflict, invalid, type FieldProblem } from '#kernel';
import type { ModelField } from './model-field';
import { modelsNamedBy, resolveRelations, type NamedModel } from './model-relations';
import { modelProblems } from './model-rules';
import { ModelsRepository } from './models.repository';

/** Told of one refusal. */
const MOST_PROBLEMS = 100;

/** Models that name other models of their organization. */
@Injectable()
export class ModelRelations {
  constructor(private readonly models: ModelsRepository) {}

  /**
   * The model's fields with those of the models that it names, as these are now.
   * @throws DomainError `conflict` where one of these is gone: without its fields anything would fit.
   */
  async resolved(organizationId: string, model: NamedModel): Promise<ModelField[]> {
    const { fields, missing } = await this.resolve(organizationId, model);
    const [gone] = missing;
    if (gone !== undefined) throw conflict(`Model ${model.name} names model ${gone}, which is gone`);
    return fields;
  }

  /**
   * Keeps what a model that was just written names. To be called in the transaction that wrote it, under the lock.
   * @throws DomainError `bad_request` with every problem, also those of models that name this one.
   */
  async settle(organizationId: string, model: NamedModel): Promise<void> {
    const own = await this.problemsOf(organizationId, model);
    if (own.length > 0) throw refusal(own);
    await this.models.keepReferences(organizationId, model.id, modelsNamedBy(model.fields));
    const others = await this.problemsOfDependents(organizationId, model.id);
    if (others.length > 0) throw refusal(others);
  }

  private async resolve(organizationId: string, model: NamedModel) {
    const ids = [...modelsNamedBy(model.fields)];
    const named = ids.length === 0 ? [] : await this.models.withNamed(organizationId, ids);
    return resolveRelations(model, new Map(named.map((other) => [other.id, other])));
  }

  private async problemsOf(organizationId: string, model: NamedModel): Promise<FieldProblem[]> {
    if (modelsNamedBy(model.fields).size === 0) return [];
    const { fields, problems } = await this.resolve(organizationId, model);
    return problems.length > 0 ? problems : modelProblems(fields);
  }

  private async problemsOfDependents(organizationId: string, id: string): Promise<FieldProblem[]> {
    const ids = await this.models.dependentsOf(organizationId, id);
    if (ids.length === 0) return [];
    const all = new Map((await this.models.withNamed(organizationId, ids)).map((model) => [model.id, model]));
    return ids.flatMap((dependent) => {
      const model = all.get(dependent)!;
      const { fields, problems, missing } = resolveRelations(model, all);
      // It could not be used before either.
      if (missing.size > 0) return [];
      return (problems.length > 0 ? problems : modelProblems(fields)).map(({ field, message }) => ({
        field: 'fields',
        message: `Model ${model.name}, which names this one, would not be sound: ${field}: ${message}`,
      }));
    });
  }
}

function refusal(problems: FieldProblem[]) {
  const [first, ...others] = problems.slice(0, MOST_PROBLEMS);
  return invalid(first!, ...others);
}
