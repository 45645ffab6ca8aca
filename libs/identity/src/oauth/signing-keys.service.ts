import { Injectable } from '@nestjs/common';
import { Page } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Database } from '#platform/database';
import { toSigningKeyView, type SigningKeyView } from './signing-key.dto';
import { SigningKeys } from './signing-keys';

/** What administrators and housekeeping do to the signing keys, written down. */
@Injectable()
export class SigningKeysService {
  constructor(
    private readonly database: Database,
    private readonly keys: SigningKeys,
    private readonly audit: AuditTrail,
  ) {}

  /** All of them, on one page: there are few. */
  async list(): Promise<Page<SigningKeyView>> {
    const keys = (await this.keys.schedule()).map(toSigningKeyView);
    return new Page(keys, { page: 1, limit: 200, total: keys.length });
  }

  /** @throws DomainError as `SigningKeys.rotate`. */
  rotate(immediately: boolean): Promise<SigningKeyView> {
    return this.database.asSystem(async () => {
      const key = await this.keys.rotate(immediately);
      await this.record('signing_key.rotate', key.kid, { immediately });
      return toSigningKeyView(key);
    });
  }

  /** @throws DomainError as `SigningKeys.distrust`. */
  async distrust(kid: string): Promise<void> {
    await this.database.asSystem(async () => {
      await this.keys.distrust(kid);
      await this.record('signing_key.delete', kid);
    });
  }

  /** Housekeeping; see `SigningKeys.keepFresh`. */
  async keepFresh(): Promise<void> {
    await this.database.asSystem(async () => {
      const { published, removed } = await this.keys.keepFresh();
      if (published !== undefined) await this.record('signing_key.rotate', published, { immediately: false });
      for (const kid of removed) await this.record('signing_key.delete', kid);
    });
  }

  private record(action: string, kid: string, details?: { immediately: boolean }): Promise<void> {
    return this.audit.record({ action, entity: { type: 'signing_key', id: kid }, ...(details && { details }) });
  }
}
