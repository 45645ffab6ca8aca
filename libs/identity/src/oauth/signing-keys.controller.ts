import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Page } from '#kernel';
import { Answers, AnswersList, AnswersNothing, OrganizationFree, Scopes } from '#platform/http';
import { RotateSigningKeys, SigningKeyView } from './signing-key.dto';
import { SigningKeysService } from './signing-keys.service';

@ApiTags('Signing keys')
@Controller('admin/signing-keys')
@OrganizationFree()
export class SigningKeysController {
  constructor(private readonly keys: SigningKeysService) {}

  /** The keys behind access tokens, the one that signs first. */
  @Get()
  @Scopes('system:read')
  @AnswersList(SigningKeyView)
  list(): Promise<Page<SigningKeyView>> {
    return this.keys.list();
  }

  /**
   * Publishes a new key, which signs from five minutes later; tokens of the old one hold until they expire. The
   * platform does this by itself every 90 days.
   */
  @Post('rotate')
  @Scopes('system:write')
  @Answers(SigningKeyView)
  rotate(@Body() { immediately }: RotateSigningKeys): Promise<SigningKeyView> {
    return this.keys.rotate(immediately);
  }

  /** Removes a key that others may have: every token that it signed is refused within a second. */
  @Delete(':kid')
  @Scopes('system:write')
  @AnswersNothing()
  distrust(@Param('kid') kid: string): Promise<void> {
    return this.keys.distrust(kid);
  }
}
