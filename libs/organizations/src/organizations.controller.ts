import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor, Page } from '#kernel';
import { AnswersEntity, AnswersList, Caller, ListQuery, OrganizationFree, Scopes } from '#platform/http';
import { OrganizationView } from './dto/organization.dto';
import { OrganizationsService } from './organizations.service';

@ApiTags('Organizations')
@Controller('organizations')
@OrganizationFree()
export class OrganizationsController {
  constructor(private readonly organizations: OrganizationsService) {}

  /** One's own organizations, by pages; all of them for system administrators. */
  @Get()
  @Scopes('organizations:read')
  @AnswersList(OrganizationView)
  list(@Caller() actor: Actor, @Query() query: ListQuery): Promise<Page<OrganizationView>> {
    return this.organizations.list(actor, query);
  }

  /** One organization. */
  @Get(':id')
  @Scopes('organizations:read')
  @AnswersEntity(OrganizationView)
  get(@Caller() actor: Actor, @Param('id') id: string): Promise<OrganizationView> {
    return this.organizations.get(actor, id);
  }
}
