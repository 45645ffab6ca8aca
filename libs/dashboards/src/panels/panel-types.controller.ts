import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Page } from '#kernel';
import { AnswersList, Scopes } from '#platform/http';
import { PanelTypeView } from '../dto/panel.dto';
import { listPanelTypes } from './list-panel-types';

@ApiTags('Dashboards')
@Controller('uns/dashboards/panel-types')
export class PanelTypesController {
  /** Every type that panels can be of, with the schema of its options, all on one page. */
  @Get()
  @Scopes('dashboards:read')
  @AnswersList(PanelTypeView)
  list(): Page<PanelTypeView> {
    return listPanelTypes();
  }
}
