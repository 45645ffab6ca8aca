import { Body, Controller, Get, Headers, Ip, Post } from '@nestjs/common';
import { ApiForbiddenResponse, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { Actor } from '#kernel';
import { Answers, AnswersNothing, Authenticated, Caller, OrganizationFree, Public } from '#platform/http';
import { ProfileView, SignInRequest, SignInView } from './sign-in.dto';
import { SignInService } from './sign-in.service';

@ApiTags('Sign-in')
@Controller('auth')
@OrganizationFree()
export class AuthController {
  constructor(private readonly signIns: SignInService) {}

  /**
   * Signs in with e-mail address and password. The token is good for twelve hours, or until two hours without use.
   * Where an administrator has set the password, a new one has to come with it.
   */
  @Post('login')
  @Public()
  @Answers(SignInView)
  @ApiUnauthorizedResponse({ description: 'Unknown user, wrong password, or somebody who may not sign in' })
  @ApiForbiddenResponse({ description: 'The password must be changed: newPassword is missing' })
  signIn(
    @Body() request: SignInRequest,
    @Ip() address: string,
    @Headers('user-agent') userAgent: string | undefined,
  ): Promise<SignInView> {
    return this.signIns.signIn(request, { address, userAgent });
  }

  /** Ends the session. */
  @Post('logout')
  @Authenticated()
  @AnswersNothing()
  signOut(@Caller() actor: Actor): Promise<void> {
    return this.signIns.signOut(actor);
  }

  /** Who the caller is, where they may work, and what their credential allows. */
  @Get('me')
  @Authenticated()
  @Answers(ProfileView)
  profile(@Caller() actor: Actor): Promise<ProfileView> {
    return this.signIns.profile(actor);
  }
}
