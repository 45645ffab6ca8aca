import { Injectable } from '@nestjs/common';
import { ContributesDependencies, type Contribution, type DependencyContributor } from '#platform/dependencies';
import { contributionOf } from './dashboard-contribution';
import { DashboardsRepository } from './dashboards.repository';

/** Each of them may be 2 MiB. */
const TOGETHER = 20;

/** Dashboards in the graph. Nobody refers to them. */
@Injectable()
@ContributesDependencies()
export class DashboardDependencies implements DependencyContributor {
  readonly types = ['dashboard'];

  constructor(private readonly dashboards: DashboardsRepository) {}

  async all(organizationId: string): Promise<Contribution[]> {
    const ids = (await this.dashboards.places(organizationId)).map(({ id }) => id);
    const found: Contribution[] = [];
    for (let at = 0; at < ids.length; at += TOGETHER) {
      const some = await this.dashboards.byIds(organizationId, ids.slice(at, at + TOGETHER));
      found.push(...some.map(contributionOf));
    }
    return found;
  }
}
