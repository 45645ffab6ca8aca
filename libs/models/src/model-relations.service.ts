import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { conflict, invalid, type FieldProblem } from '#kernel';
import { Database } from '#platform/database';
import type { ModelField } from './model-field';
import { modelsNamedBy, resolveRelations, type NamedModel } from './model-relations';
import { modelProblems } from './model-rules';
import { ModelsRepository } from './models.repository';

/** Told of one refusal. */
const MOST_PROBLEMS = 100;

/** Models that name other models of their organization. */
@Injectable()
export class ModelRelations {
  /** Ids of those that were written in a piece of work that is not done. */
  private readonly writtenTogether = new AsyncLocalStorage<Set<string>>();

  constructor(
    private readonly database: Database,
    private readonly models: ModelsRepository,
  ) {}

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
   * @throws DomainError `bad_request` with every problem, also those of models that name this one; in `together`, later.
   */
  async settle(organizationId: string, model: NamedModel): Promise<void> {
    await this.models.keepReferences(organizationId, model.id, modelsNamedBy(model.fields));
    const written = this.writtenTogether.getStore();
    if (written) {
      written.add(model.id);
      return;
    }
    const own = await this.problemsOf(organizationId, model);
    if (own.length > 0) throw refusal(own);
    const others = await this.problemsOfDependents(organizationId, model.id);
    if (others.length > 0) throw refusal(others);
  }

  /**
   * Work in which models are written that may be sound only with one another: they and those that name them are judged when
   * it is done.
   * @throws DomainError `bad_request` with every problem, by the models' names.
   */
  together<T>(organizationId: string, work: () => Promise<T>): Promise<T> {
    const written = new Set<string>();
    return this.database.inOrganization(organizationId, async () => {
      const result = await this.writtenTogether.run(written, work);
      const problems = await this.problemsOfAll(organizationId, written);
      if (problems.length > 0) throw refusal(problems);
      return result;
    });
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
    const ids = await this.models.dependentsOf(organizationId, [id]);
    const judged = await this.judge(organizationId, ids);
    // One that names a model that is gone could not be used before either.
    return judged
      .filter(({ missing }) => missing.size === 0)
      .flatMap(({ model, problems }) => unsound(`Model ${model.name}, which names this one,`, problems));
  }

  private async problemsOfAll(organizationId: string, written: ReadonlySet<string>): Promise<FieldProblem[]> {
    if (written.size === 0) return [];
    const dependents = await this.models.dependentsOf(organizationId, [...written]);
    const judged = await this.judge(organizationId, [...new Set([...written, ...dependents])]);
    return judged
      .filter(({ model, missing }) => written.has(model.id) || missing.size === 0)
      .flatMap(({ model, problems }) => unsound(`Model ${model.name}`, problems));
  }

  /** What is wrong with those that exist of them, as they and those that they name are now. */
  private async judge(organizationId: string, ids: readonly string[]) {
    if (ids.length === 0) return [];
    const all = new Map((await this.models.withNamed(organizationId, ids)).map((model) => [model.id, model]));
    const judged: { model: NamedModel; problems: FieldProblem[]; missing: ReadonlySet<string> }[] = [];
    for (const id of ids) {
      const model = all.get(id);
      // One that names none was judged when it was written.
      if (!model || modelsNamedBy(model.fields).size === 0) continue;
      const { fields, problems, missing } = resolveRelations(model, all);
      judged.push({ model, problems: problems.length > 0 ? problems : modelProblems(fields), missing });
      // Judging thousands takes seconds, in which others go on.
      await setImmediate();
    }
    return judged;
  }
}

const unsound = (subject: string, problems: readonly FieldProblem[]): FieldProblem[] =>
  problems.map(({ field, message }) => ({
    field: 'fields',
    message: `${subject} would not be sound: ${field}: ${message}`,
  }));

function refusal(problems: FieldProblem[]) {
  const [first, ...others] = problems.slice(0, MOST_PROBLEMS);
  return invalid(first!, ...others);
}
