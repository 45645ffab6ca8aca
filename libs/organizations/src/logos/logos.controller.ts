import { Controller, Delete, Get, Put, Req, Res, UploadedFile, UseInterceptors } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { ApiBody, ApiConsumes, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Member } from '#kernel';
import {
  Answers,
  AnswersNothing,
  AnswersRaw,
  BodyLimit,
  Caller,
  OrganizationFree,
  OrganizationInPath,
  Scopes,
} from '#platform/http';
import type { Request, Response } from 'express';
import { LogoUpload, LogoView } from './logo.dto';
import { LOGO_TYPES } from './logo.entity';
import { LogosService } from './logos.service';
import { sendLogo } from './send-logo';

const LARGEST = 2 * 1024 * 1024;

/** One part, which is the file; read after the guard like every body. */
const UPLOAD = { limits: { fileSize: LARGEST, files: 1, fields: 0, parts: 1, headerPairs: 20 } };

@ApiTags('Organizations')
@Controller('organizations/:id/logo')
@OrganizationFree()
export class LogosController {
  constructor(private readonly logos: LogosService) {}

  /** The logo, as an image. */
  @Get()
  @ApiParam({ name: 'id' })
  @ApiProduces(...LOGO_TYPES)
  @OrganizationInPath({ evenSuspended: true })
  @Scopes('organizations:read')
  @AnswersRaw()
  async get(@Caller() member: Member, @Req() request: Request, @Res() response: Response): Promise<void> {
    sendLogo(await this.logos.get(member), request, response);
  }

  /** Sets the logo. */
  @Put()
  @ApiParam({ name: 'id' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: LogoUpload })
  @OrganizationInPath()
  @Scopes('organizations:write')
  @BodyLimit(LARGEST)
  @UseInterceptors(FileInterceptor('file', UPLOAD))
  @Answers(LogoView)
  set(@Caller() member: Member, @UploadedFile() file: { buffer: Buffer } | undefined): Promise<LogoView> {
    return this.logos.set(member, file);
  }

  /** Removes the logo. */
  @Delete()
  @ApiParam({ name: 'id' })
  @OrganizationInPath()
  @Scopes('organizations:write')
  @AnswersNothing()
  remove(@Caller() member: Member): Promise<void> {
    return this.logos.remove(member);
  }
}
