import { Injectable } from '@nestjs/common';
import { hasScope, type Member } from '#kernel';
import { BrokerReports } from './broker-reports';
import type { BrokerView } from './dto/broker.dto';
import { instanceOverview, organizationOverview } from './overview';

/** How the broker does: for everybody who reads the namespace, and in whole for whoever may read the instance's settings. */
@Injectable()
export class BrokerService {
  constructor(private readonly reports: BrokerReports) {}

  async get({ organizationId, scopes }: Member): Promise<BrokerView> {
    const { processes, plan } = await this.reports.now();
    return hasScope(scopes, 'system:read')
      ? instanceOverview(processes, plan)
      : organizationOverview(processes, plan, organizationId);
  }
}
