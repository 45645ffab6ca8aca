import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { Strategy } from 'passport-strategy';
import { Authenticator } from './access';

const BEARER = /^Bearer +([\w\-.~+/]+=*)$/i;

type Verify = (token: string, done: (error: unknown, user?: object | false) => void) => void;

/** RFC 6750, section 2.1 alone: tokens in addresses and forms end up in logs. */
class HeaderBearerStrategy extends Strategy {
  constructor(private readonly verify: Verify) {
    super();
  }

  override authenticate(request: Request): void {
    // Of two, whatever stands in front of us may have looked at the other one.
    const [authorization = '', ...more] = request.headersDistinct.authorization ?? [];
    const token = more.length > 0 ? undefined : BEARER.exec(authorization)?.[1];
    if (token === undefined) {
      this.fail(401);
      return;
    }
    this.verify(token, (error, user) => {
      if (error) this.error(error as Error);
      else if (user) this.success(user);
      else this.fail(401);
    });
  }
}

/** The `bearer` strategy: personal access tokens, session tokens and OAuth2 access tokens alike. */
@Injectable()
export class BearerStrategy extends PassportStrategy(HeaderBearerStrategy, 'bearer') {
  constructor(private readonly authenticator: Authenticator) {
    super();
  }

  async validate(token: string): Promise<object | false> {
    return (await this.authenticator.authenticate(token)) ?? false;
  }
}
