import { Injectable } from '@nestjs/common';
import { DomainError } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { SecretBox } from '#platform/crypto';
import { Database } from '#platform/database';
import type { Request, Response } from 'express';
import type Provider from 'oidc-provider';
import { Consents } from '../oauth/consents';
import { OAuthProvider } from '../oauth/oauth-provider';
import type { OAuthClient } from '../oauth-clients/oauth-client.entity';
import { OAuthClientsRepository } from '../oauth-clients/oauth-clients.repository';
import type { User } from '../users/user.entity';
import { UsersRepository } from '../users/users.repository';
import { clearInteractionCookie, hasInteractionCookie } from './interaction-cookie';

type Interaction = InstanceType<Provider['Interaction']>;

/** A sign-in or consent that a client waits for, as far as its pages need to know it. */
export interface CurrentInteraction {
  uid: string;
  /** What the client calls itself at the token endpoint. */
  clientId: string;
  clientName: string;
  /** Where the browser is sent in the end; registered by the client. */
  redirectUri: string;
  prompt: 'login' | 'consent';
  scopes: string[];
  /** The e-mail address the client expects; nobody has checked it. */
  loginHint: string | undefined;
  /** Who is signed in in this browser. */
  user: User | undefined;
}

export interface SignedInOptions {
  /** The interaction, where the address of the request does not name it as its parameter `uid`. */
  uid?: string;
  /** How the user has signed in (RFC 8176). */
  methods?: string[];
}

/**
 * The steps between an authorization request and its answer. Every step holds for the browser alone that the request
 * came from, for half an hour at the most.
 */
@Injectable()
export class Interactions {
  constructor(
    private readonly database: Database,
    private readonly secrets: SecretBox,
    private readonly providers: OAuthProvider,
    private readonly clients: OAuthClientsRepository,
    private readonly users: UsersRepository,
    private readonly consents: Consents,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * The interaction of this browser: the one whose `uid` the address names, or the caller.
   * @throws DomainError `not_found` when it is unknown, over, or of another browser.
   */
  async current(request: Request, _response: Response, uid = uidOf(request)): Promise<CurrentInteraction> {
    const { interaction, client, user } = await this.load(request, uid);
    const { redirect_uri: redirectUri, login_hint: loginHint } = interaction.params as Record<string, string>;
    return {
      uid: interaction.uid,
      clientId: client.clientId,
      clientName: client.name,
      redirectUri: redirectUri!,
      prompt: interaction.prompt.name === 'consent' && user ? 'consent' : 'login',
      scopes: scopesOf(interaction),
      loginHint,
      user,
    };
  }

  /**
   * Finishes the step of signing in, whoever has found out who the user is, and sends the browser on.
   * @throws DomainError `not_found` as `current`.
   */
  async signedIn(request: Request, response: Response, user: User, options: SignedInOptions = {}): Promise<void> {
    const { uid = uidOf(request), methods = ['pwd'] } = options;
    const { provider, interaction, client } = await this.load(request, uid);
    await this.database.asSystem(async (manager) => {
      if (interaction.session && interaction.session.accountId !== user.id) await leave(provider, interaction);
      // Whatever was decided before was somebody else's decision.
      interaction.result = { login: { accountId: user.id, amr: methods, ts: Math.floor(Date.now() / 1000) } };
      await interaction.persist();
      // By hand: signing in is no change of the user, so `updated_at` stays.
      await manager.query('UPDATE users SET last_login_at = now() WHERE id = $1', [user.id]);
      await this.audit.record({
        action: 'sign-in.complete',
        entity: entityOf(client),
        actor: { userId: user.id, email: user.email },
        details: { methods },
      });
    });
    sendOn(response, interaction);
  }

  /** The user allows what the client asks for. @throws DomainError `not_found` as `current`. */
  async allow(request: Request, response: Response): Promise<void> {
    const { provider, interaction, client, user } = await this.load(request, uidOf(request));
    if (!user || interaction.prompt.name !== 'consent') throw gone();
    const scopes = scopesOf(interaction);
    await this.database.asSystem(async () => {
      const grant = await this.consents.newGrant(provider, user.id, client, scopes);
      await this.consents.remember(user.id, client, scopes);
      interaction.result = { ...interaction.lastSubmission, consent: { grantId: grant.jti } };
      await interaction.persist();
      await this.noteDecision('consent.grant', client, user, scopes);
    });
    sendOn(response, interaction);
  }

  /** The user denies it, or leaves without signing in: the client is told. @throws DomainError `not_found` as `current`. */
  async deny(request: Request, response: Response): Promise<void> {
    const { interaction, client, user } = await this.load(request, uidOf(request));
    const scopes = scopesOf(interaction);
    await this.database.asSystem(async () => {
      interaction.result = { error: 'access_denied', error_description: 'the user did not allow it' };
      await interaction.persist();
      if (user) await this.noteDecision('consent.deny', client, user, scopes);
    });
    sendOn(response, interaction);
  }

  private async load(request: Request, uid: string) {
    const provider = await this.providers.get();
    const interaction = hasInteractionCookie(request, this.secrets, uid)
      ? await provider.Interaction.find(uid)
      : undefined;
    if (!interaction || !(await isSignedInAsBefore(provider, interaction))) throw gone();
    const client = await this.clients.findEnabled(String(interaction.params.client_id));
    if (!client) throw gone();
    const user = interaction.session ? await this.users.findActive(interaction.session.accountId) : null;
    return { provider, interaction, client, user: user ?? undefined };
  }

  private noteDecision(action: string, client: OAuthClient, user: User, scopes: string[]): Promise<void> {
    const actor = { userId: user.id, email: user.email };
    return this.audit.record({ action, entity: entityOf(client), actor, details: { scopes } });
  }
}

/** What the client asks for; settled by `AuthorizationRules` before there is an interaction. */
const scopesOf = ({ params }: Interaction): string[] => (params.scope as string).split(' ');

const entityOf = ({ id, name }: OAuthClient) => ({ type: 'oauth_client', id, name });

const uidOf = (request: Request): string => String(request.params.uid ?? '');

const gone = (): DomainError =>
  new DomainError('not_found', 'This sign-in is over, or was started in another browser. Go back and start again.');

/** The browser's sign-in is still the one that the interaction was started with. */
async function isSignedInAsBefore(provider: Provider, { session }: Interaction): Promise<boolean> {
  if (!session) return true;
  const current = await provider.Session.findByUid(session.uid);
  return current !== undefined && current.accountId === session.accountId;
}

/** Another user takes over the browser: the sign-in of the one before ends. */
async function leave(provider: Provider, interaction: Interaction): Promise<void> {
  const session = await provider.Session.findByUid(interaction.session!.uid);
  await session?.destroy();
  interaction.session = undefined;
}

function sendOn(response: Response, { uid, returnTo }: Interaction): void {
  clearInteractionCookie(response, uid);
  response.redirect(303, returnTo);
}
