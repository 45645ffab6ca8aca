import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member, Stretch } from '#kernel';
import { AnswersList, Caller, Scopes } from '#platform/http';
import { AuditService } from './audit.service';
import { AuditEntryView } from './dto/audit-entry.dto';
import { AuditQuery } from './dto/audit-query.dto';

@ApiTags('Audit')
@Controller('audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  /**
   * Who did what in the organization, and what was refused to them, newest first. With `instance=true` what belongs to
   * no organization: users, clients, sign-ins, and refusals of callers that no organization has let in.
   */
  @Get()
  @Scopes('audit:read')
  @AnswersList(AuditEntryView)
  list(@Caller() member: Member, @Query() query: AuditQuery): Promise<Stretch<AuditEntryView>> {
    return this.audit.list(member, query);
  }
}
