import { Injectable } from '@nestjs/common';
import { encodeTimeCursor, forbidden, readTime, readTimeCursor, Stretch, type Member } from '#kernel';
import { AuditRepository, type AuditFilter } from './audit.repository';
import { toAuditEntryView, type AuditEntryView } from './dto/audit-entry.dto';
import type { AuditQuery } from './dto/audit-query.dto';

/** The trail, to read. */
@Injectable()
export class AuditService {
  constructor(private readonly entries: AuditRepository) {}

  /** Newest first. @throws DomainError `forbidden` when others than system administrators ask for the instance's. */
  async list(member: Member, query: AuditQuery): Promise<Stretch<AuditEntryView>> {
    if (query.instance) requireInstance(member);
    const filter = readFilter(query);
    // One more than asked for tells whether there are more.
    const rows = await this.entries.find(query.instance ? null : member.organizationId, filter, query.limit + 1);
    const shown = rows.slice(0, query.limit);
    const last = rows.length > shown.length ? shown.at(-1) : undefined;
    return new Stretch(shown.map(toAuditEntryView), { nextCursor: last ? encodeTimeCursor(last) : null });
  }
}

/** A credential that is confined to organizations does not reach beyond them, whoever holds it. */
function requireInstance({ systemAdmin, organizationIds }: Member): void {
  if (!systemAdmin || organizationIds) throw forbidden('The entries of the instance are for system administrators');
}

function readFilter({ action, from, to, cursor, userId, entityType, entityId, result }: AuditQuery): AuditFilter {
  const area = action?.endsWith('.*') ? action.slice(0, -2) : undefined;
  return {
    ...(area === undefined ? { action } : { area }),
    userId,
    entityType,
    entityId,
    result,
    from: readTime('from', from),
    to: readTime('to', to),
    before: readTimeCursor(cursor),
  };
}
