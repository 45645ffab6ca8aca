import { Injectable } from '@nestjs/common';
import { OrganizationSettings, type InForce } from '#organizations';
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

  /** The same as long as the settings are the same; a change counts after a second. */
  async of(organizationId: string): Promise<OutboundRules> {
    return this.rulesOf(await this.settings.of(organizationId));
  }

  /** For a session that nobody looks at again: by the settings of this moment. */
  async now(organizationId: string): Promise<OutboundRules> {
    return this.rulesOf(await this.settings.now(organizationId));
  }

  private rulesOf({ outbound }: InForce): OutboundRules {
    const { allowedNetworks: allowed, refusedNetworks: refused } = outbound;
    const key = JSON.stringify([allowed, refused]);
    const known = this.known.get(key);
    if (known) return known;
    const rules = new OutboundRules(new AddressRules(this.config.outbound, { allowed, refused }));
    this.known.set(key, rules);
    return rules;
  }
}
