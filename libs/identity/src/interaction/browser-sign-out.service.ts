import { Injectable } from '@nestjs/common';
import { forbidden } from '#kernel';
import { Config } from '#platform/config';
import type { Request, Response } from 'express';
import { OAuthProvider } from '../oauth/oauth-provider';

/** Ends the sign-in that a browser keeps for the sign-in pages, so that the next authorization asks who it is. */
@Injectable()
export class BrowserSignOut {
  constructor(
    private readonly config: Config,
    private readonly providers: OAuthProvider,
  ) {}

  /**
   * Answers 204, also where nobody is signed in. Tokens are not touched: whoever holds one revokes it.
   * @throws DomainError `forbidden` for requests that other sites make in the browser's name.
   */
  async signOut(request: Request, response: Response): Promise<void> {
    const ours = new URL(this.config.http.publicUrl).origin;
    // Browsers send an Origin with every POST; whoever sends none is no browser, and has nothing to end.
    if (request.header('origin') !== ours) throw forbidden('Only our own pages sign a browser out');
    const provider = await this.providers.get();
    const session = await provider.Session.get({
      req: request,
      res: response,
      secure: ours.startsWith('https:'),
    } as never);
    if (session.accountId !== undefined) await session.destroy();
    response.status(204).set('Cache-Control', 'no-store').end();
  }
}
