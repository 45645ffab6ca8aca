import { Module } from '@nestjs/common';
import { ContributesDependencies, type Contribution, type DependencyContributor } from '#platform/dependencies';

/*
 * Types of entities that come from outside, as any module may bring some: recipes, which are known by their ids, and tags,
 * which are named by their paths. What there is of them is whatever a test puts here.
 */

export const recipes: Contribution[] = [];
/** Ids by paths, for every organization. */
export const tags = new Map<string, string>();

@ContributesDependencies()
class Recipes implements DependencyContributor {
  readonly types = ['recipe'];

  all(): Promise<Contribution[]> {
    return Promise.resolve([...recipes]);
  }
}

@ContributesDependencies()
class Tags implements DependencyContributor {
  readonly types = ['tag'];

  all(): Promise<Contribution[]> {
    return Promise.resolve([]);
  }

  identify(_organizationId: string, _type: string, keys: readonly string[]): Promise<Map<string, string>> {
    const known = keys.filter((key) => tags.has(key));
    return Promise.resolve(new Map(known.map((key) => [key, tags.get(key)!])));
  }

  locate(_organizationId: string, _type: string, id: string): Promise<string | undefined> {
    return Promise.resolve([...tags].find(([, known]) => known === id)?.[0]);
  }
}

@Module({ providers: [Recipes, Tags] })
export default class PlantModule {}
