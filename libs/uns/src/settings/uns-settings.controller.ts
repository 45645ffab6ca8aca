import { Body, Controller, Get, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor, Stretch } from '#kernel';
import {
  Answers,
  AnswersEntity,
  AnswersList,
  Caller,
  CursorQuery,
  GuardedByVersion,
  IfMatch,
  OrganizationFree,
  Scopes,
  type SeenVersion,
} from '#platform/http';
import { PutUnsSettings, SettingsTest, UnsSettingChangeView, UnsSettingsView } from './dto/uns-settings.dto';
import { UnsSettingsService } from './uns-settings.service';

@ApiTags('UNS settings')
@Controller('system/uns/settings')
@OrganizationFree()
export class UnsSettingsController {
  constructor(private readonly settings: UnsSettingsService) {}

  /** Storage and broker of the namespace, secrets masked, and how the processes get on with them. */
  @Get()
  @Scopes('system:read')
  @AnswersEntity(UnsSettingsView)
  get(): Promise<UnsSettingsView> {
    return this.settings.get();
  }

  /** Exchanges them while running. What is new is tried first; where it does not answer, 409 tells why and all stays as it is. */
  @Put()
  @Scopes('system:write')
  @GuardedByVersion()
  @AnswersEntity(UnsSettingsView)
  put(
    @Caller() actor: Actor,
    @IfMatch() ifMatch: SeenVersion,
    @Body() request: PutUnsSettings,
  ): Promise<UnsSettingsView> {
    return this.settings.put(actor, ifMatch, request);
  }

  /** Tries them as PUT does, tells of each check, and changes nothing. */
  @Post('test')
  @Scopes('system:write')
  @Answers(SettingsTest)
  test(@Body() request: PutUnsSettings): Promise<SettingsTest> {
    return this.settings.test(request);
  }

  /** Every change: who, when, from what to what, without secrets. Newest first. */
  @Get('history')
  @Scopes('system:read')
  @AnswersList(UnsSettingChangeView)
  history(@Query() query: CursorQuery): Promise<Stretch<UnsSettingChangeView>> {
    return this.settings.history(query);
  }
}
