import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { invalid, notFound, type Member } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Database } from '#platform/database';
import type { LogoView } from './logo.dto';
import { Logo } from './logo.entity';
import { readLogo } from './logo-content';
import { SvgCleaner } from './svg-cleaner';

@Injectable()
export class LogosService {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditTrail,
    private readonly drawings: SvgCleaner,
  ) {}

  /** @throws DomainError `not_found` where there is none. */
  async get({ organizationId }: Member): Promise<Logo> {
    const logo = await this.database.inOrganization(organizationId, (manager) =>
      manager.findOneBy(Logo, { organizationId }),
    );
    if (!logo) throw notFound('Logo');
    return logo;
  }

  /** @throws DomainError `bad_request` for a file that is missing or no image that browsers show. */
  async set({ organizationId }: Member, file: { buffer: Buffer } | undefined): Promise<LogoView> {
    if (!file) throw invalid({ field: 'file', message: 'File is required' });
    const { mediaType, content } = await readLogo(file.buffer, (svg) => this.drawings.clean(svg));
    const digest = createHash('sha256').update(content).digest('base64url');
    await this.database.inOrganization(organizationId, async (manager) => {
      await manager.upsert(Logo, { organizationId, mediaType, content, digest, updatedAt: new Date() }, [
        'organizationId',
      ]);
      await this.record(organizationId, 'logo.set', { mediaType, bytes: content.length });
    });
    return { mediaType, bytes: content.length };
  }

  /** @throws DomainError `not_found` where there is none. */
  async remove({ organizationId }: Member): Promise<void> {
    await this.database.inOrganization(organizationId, async (manager) => {
      const { affected } = await manager.delete(Logo, { organizationId });
      if (affected === 0) throw notFound('Logo');
      await this.record(organizationId, 'logo.remove');
    });
  }

  private record(organizationId: string, action: string, details?: { mediaType: string; bytes: number }) {
    const entity = { type: 'organization', id: organizationId };
    return this.audit.record({ action, organizationId, entity, ...(details && { details }) });
  }
}
