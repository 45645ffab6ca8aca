import { Injectable } from '@nestjs/common';
import { notFound, Page, type Actor } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Database } from '#platform/database';
import { parseSort, type ListQuery } from '#platform/http';
import { CredentialService } from '../credentials/credential.service';
import { toSessionView, type SessionView } from './session.dto';
import { SessionsRepository } from './sessions.repository';

const SORTABLE = ['createdAt', 'lastSeenAt', 'expiresAt', 'address'] as const;

@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly credentials: CredentialService,
    private readonly audit: AuditTrail,
  ) {}

  async list(actor: Actor, query: ListQuery): Promise<Page<SessionView>> {
    const order = parseSort(query.sort ?? '-createdAt', SORTABLE, 'createdAt');
    const { data, meta } = await this.sessions.page(actor.userId, query, order);
    return new Page(
      data.map((session) => toSessionView(session, actor)),
      meta,
    );
  }

  /** @throws DomainError `not_found` also for sessions of others, and for those that have ended. */
  async end(actor: Actor, id: string): Promise<void> {
    const hash = await this.database.asSystem(async () => {
      const ended = await this.sessions.end(actor.userId, id);
      if (!ended) throw notFound('Session');
      await this.audit.record({ action: 'session.end', entity: { type: 'session', id } });
      return ended;
    });
    this.credentials.forget(hash);
  }
}
