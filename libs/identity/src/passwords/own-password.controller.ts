import { Body, Controller, Ip, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '#kernel';
import { AnswersNothing, Authenticated, Caller, OrganizationFree } from '#platform/http';
import { OwnPasswordService } from './own-password.service';
import { ChangePassword } from './password.dto';

@ApiTags('Sign-in')
@Controller('auth/password')
@OrganizationFree()
export class OwnPasswordController {
  constructor(private readonly passwords: OwnPasswordService) {}

  /**
   * Changes one's own password. Ends all other sessions and what was granted to applications; personal access tokens
   * stay. Wrong guesses at the current password count as those of signing in.
   */
  @Post()
  @Authenticated()
  @AnswersNothing()
  change(@Caller() actor: Actor, @Body() request: ChangePassword, @Ip() address: string): Promise<void> {
    return this.passwords.change(actor, request, address);
  }
}
