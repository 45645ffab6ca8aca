import { Injectable } from '@nestjs/common';
import { OrganizationSettings } from '#organizations';
import { Config } from '#platform/config';
import { LRUCache } from 'lru-cache';
import { AddressRules } from './address-rules';
import { OutboundRules } from './outbound-rules';

const MOST_KNOWN = 1_000;

/** Which rules hold for the connections of an organization. */
@Injectable()
export class OutboundPolicy {
  private readonly known = new LRUCache<string, OutboundRules>({ max: MOST_KNOWN });

  constructor(
    private readonly config: Config,
    private readonly settings: OrganizationSettings,
  ) {}

  /** The same as long as the settings are the same. */
  async of(organizationId: string): Promise<OutboundRules> {
    const { allowedNetworks: allowed, refusedNetworks: refused } = (await this.settings.of(organizationId)).outbound;
    const key = JSON.stringify([allowed, refused]);
    const known = this.known.get(key);
    if (known) return known;
    const rules = new OutboundRules(new AddressRules(this.config.outbound, { allowed, refused }));
    this.known.set(key, rules);
    return rules;
  }
}
