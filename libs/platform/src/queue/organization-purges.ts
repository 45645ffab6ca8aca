import { Injectable } from '@nestjs/common';

/** What one area keeps of an organization. */
export interface OrganizationPurge {
  /** Names it in logs: `uns.records`. */
  name: string;
  /** Removes up to `limit` rows of a deleted organization. Resolves with how many there were; 0 ends it. */
  remove: (organizationId: string, limit: number) => Promise<number>;
}

/** Where areas register in `onModuleInit` what goes with an organization that is deleted. For the worker process. */
@Injectable()
export class OrganizationPurges {
  private readonly purges = new Map<string, OrganizationPurge>();

  register(purge: OrganizationPurge): void {
    if (this.purges.has(purge.name)) throw new Error(`purge ${purge.name} is registered twice`);
    this.purges.set(purge.name, purge);
  }

  /** In the order of registration. */
  all(): OrganizationPurge[] {
    return [...this.purges.values()];
  }
}
