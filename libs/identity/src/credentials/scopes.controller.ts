import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Page } from '#kernel';
import { AnswersList, OrganizationFree, Public } from '#platform/http';
import { scopeCatalogue, ScopeView } from './scope.dto';

const SCOPE_PAGE = new Page(scopeCatalogue(), { page: 1, limit: 200, total: scopeCatalogue().length });

@ApiTags('OAuth2')
@Controller('oauth2/scopes')
@OrganizationFree()
export class ScopesController {
  /** Every scope there is, on one page. */
  @Get()
  @Public()
  @AnswersList(ScopeView)
  list(): Page<ScopeView> {
    return SCOPE_PAGE;
  }
}
