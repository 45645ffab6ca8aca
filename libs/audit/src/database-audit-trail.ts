import { Injectable, Logger } from '@nestjs/common';
import { newId } from '#kernel';
import { AuditTrail, currentCall, type AuditEntry } from '#platform/audit';
import { Database } from '#platform/database';
import { StoredAuditEntry } from './audit-entry.entity';

@Injectable()
export class DatabaseAuditTrail extends AuditTrail {
  private readonly logger = new Logger(DatabaseAuditTrail.name);

  constructor(private readonly database: Database) {
    super();
  }

  override async record(entry: AuditEntry): Promise<void> {
    await this.write(toRow(entry, 'done', null));
  }

  override refused(entry: AuditEntry, reason: string): void {
    this.write(toRow(entry, 'refused', reason)).catch((error: unknown) => this.logger.error(error));
  }

  private async write(row: StoredAuditEntry): Promise<void> {
    await this.database.joining(row.organizationId ?? undefined, (manager) => manager.insert(StoredAuditEntry, row));
  }
}

function toRow(entry: AuditEntry, result: 'done' | 'refused', reason: string | null): StoredAuditEntry {
  const call = currentCall();
  const caller = call?.caller;
  return {
    id: newId(),
    at: new Date(),
    organizationId: entry.organizationId ?? null,
    action: entry.action,
    result,
    reason,
    userId: entry.actor?.userId ?? caller?.userId ?? null,
    userEmail: entry.actor?.email ?? caller?.email ?? null,
    credentialKind: caller?.credential.kind ?? null,
    credentialId: caller?.credential.id ?? null,
    clientId: caller?.clientId ?? null,
    entityType: entry.entity?.type ?? null,
    entityId: entry.entity?.id ?? null,
    entityName: entry.entity?.name ?? null,
    changes: entry.changes ?? null,
    details: entry.details ?? null,
    address: call?.address ?? null,
    requestId: call?.requestId ?? null,
  };
}
