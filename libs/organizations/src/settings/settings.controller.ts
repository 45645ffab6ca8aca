import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member, Stretch } from '#kernel';
import {
  AnswersEntity,
  AnswersList,
  AnswersNothing,
  Caller,
  CursorQuery,
  GuardedByVersion,
  IfMatch,
  Scopes,
  type SeenVersion,
} from '#platform/http';
import { ChangeSettings, SettingChangeView, SettingsView, StartMaintenance } from './settings.dto';
import { SettingsService } from './settings.service';

@ApiTags('Organization settings')
@Controller('organizations/settings')
export class SettingsController {
  constructor(private readonly settings: SettingsService) {}

  /** The settings that hold: those that were made, and the defaults. */
  @Get()
  @Scopes('organizations:read')
  @AnswersEntity(SettingsView)
  get(@Caller() member: Member): Promise<SettingsView> {
    return this.settings.get(member);
  }

  /** Changes the fields that are given; `null` goes back to the default. */
  @Patch()
  @Scopes('organizations:write')
  @GuardedByVersion()
  @AnswersEntity(SettingsView)
  change(
    @Caller() member: Member,
    @IfMatch() ifMatch: SeenVersion,
    @Body() request: ChangeSettings,
  ): Promise<SettingsView> {
    return this.settings.change(member, ifMatch, request);
  }

  /** Every change of a field: who, when, from what to what. Newest first. */
  @Get('history')
  @Scopes('organizations:read')
  @AnswersList(SettingChangeView)
  history(@Caller() member: Member, @Query() query: CursorQuery): Promise<Stretch<SettingChangeView>> {
    return this.settings.history(member, query);
  }

  /** Begins maintenance: everybody but admins is told the message and turned away, on all ways in. */
  @Post('maintenance')
  @Scopes('organizations:write')
  @AnswersEntity(SettingsView)
  startMaintenance(@Caller() member: Member, @Body() request: StartMaintenance): Promise<SettingsView> {
    return this.settings.startMaintenance(member, request);
  }

  /** Ends maintenance. */
  @Delete('maintenance')
  @Scopes('organizations:write')
  @AnswersNothing()
  endMaintenance(@Caller() member: Member): Promise<void> {
    return this.settings.endMaintenance(member);
  }
}
