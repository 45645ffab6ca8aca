import { Injectable } from '@nestjs/common';
import { DomainError, forbidden, invalid } from '#kernel';
import { Config } from '#platform/config';
import { SecretBox } from '#platform/crypto';
import { STATUS_OF } from '#platform/http';
import type { Request, Response } from 'express';
import { IdentityProvidersRepository } from '../identity-providers/identity-providers.repository';
import { readForm } from '../oauth/form-body';
import { PasswordSignIn } from '../sign-in/password-sign-in';
import { formToken, isFormToken } from './interaction-cookie';
import { Interactions, type CurrentInteraction } from './interactions';
import { pageHeaders } from './page-headers';
import { consentPage, signInPage, type ProviderButton, type SignInPage } from './pages';
import type { Html } from './html';

/** Refusals that people can do something about on the sign-in page itself. */
const SHOWN = ['unauthenticated', 'too_many_requests', 'forbidden', 'bad_request'] as const;

const LONGEST = { email: 320, password: 200 };

type Form = Record<string, string>;

/** The pages of signing in and consenting. */
@Injectable()
export class InteractionService {
  constructor(
    private readonly config: Config,
    private readonly secrets: SecretBox,
    private readonly interactions: Interactions,
    private readonly passwords: PasswordSignIn,
    private readonly companies: IdentityProvidersRepository,
  ) {}

  /** @throws DomainError `not_found` for an interaction that is over or of another browser; so do all below. */
  async show(request: Request, response: Response): Promise<void> {
    const interaction = await this.interactions.current(request, response);
    const consents = interaction.prompt === 'consent' && request.query.account !== 'other';
    if (consents) send(response, interaction, 200, consentPage(interaction, this.tokenOf(interaction)));
    else await this.sendSignIn(response, interaction, { email: expected(interaction) });
  }

  /** @throws DomainError `forbidden` for forms of other sites; so do all below. `bad_request` for incomplete ones. */
  async signIn(request: Request, response: Response): Promise<void> {
    const { interaction, form } = await this.submitted(request, response);
    const { email = '', password = '', new_password: newPassword } = form;
    if (email.length > LONGEST.email || password.length > LONGEST.password) {
      throw invalid({ field: 'email', message: 'E-mail address or password is too long' });
    }
    if (!email || !password) {
      const problem = { title: 'Something is missing', message: 'Enter your e-mail address and your password.' };
      return this.sendSignIn(response, interaction, { email, problem }, 400);
    }
    try {
      const credentials = { email, password, ...(newPassword && { newPassword }) };
      const user = await this.passwords.verify(credentials, request.ip ?? '');
      await this.interactions.signedIn(request, response, user);
    } catch (error) {
      if (!isShown(error)) throw error;
      await this.refuse(response, interaction, email, error);
    }
  }

  async decide(request: Request, response: Response): Promise<void> {
    const { form } = await this.submitted(request, response);
    if (form.decision === 'allow') await this.interactions.allow(request, response);
    else await this.interactions.deny(request, response);
  }

  async cancel(request: Request, response: Response): Promise<void> {
    await this.submitted(request, response);
    await this.interactions.deny(request, response);
  }

  /** A form that our own page has sent: by the browser's word where it gives it, and by the token always. */
  private async submitted(request: Request, response: Response) {
    const interaction = await this.interactions.current(request, response);
    const form: Form = await readForm(request, response);
    const origin = request.header('origin') ?? this.origin;
    const site = request.header('sec-fetch-site') ?? 'same-origin';
    if (
      origin !== this.origin ||
      site !== 'same-origin' ||
      !isFormToken(this.secrets, interaction.uid, form.form_token ?? '')
    ) {
      throw forbidden('This form was not sent by our own page. Go back and start again.');
    }
    return { interaction, form };
  }

  private refuse(
    response: Response,
    interaction: CurrentInteraction,
    email: string,
    error: DomainError,
  ): Promise<void> {
    if (error.retryAfterSeconds !== undefined) response.setHeader('Retry-After', Math.ceil(error.retryAfterSeconds));
    const message = error.kind === 'unauthenticated' ? 'E-mail address or password is wrong.' : error.message;
    const problem = { title: 'You are not signed in', message };
    // Missing, or one that breaks the rules.
    const asksNewPassword = error.kind === 'forbidden' || error.kind === 'bad_request';
    return this.sendSignIn(response, interaction, { email, problem, asksNewPassword }, STATUS_OF[error.kind]);
  }

  private async sendSignIn(
    response: Response,
    interaction: CurrentInteraction,
    content: Pick<SignInPage, 'email' | 'problem' | 'asksNewPassword'>,
    status = 200,
  ): Promise<void> {
    const providers = await this.providers(interaction);
    const token = this.tokenOf(interaction);
    const page = signInPage({ interaction, formToken: token, providers, ...content });
    send(response, interaction, status, page);
  }

  private tokenOf({ uid }: CurrentInteraction): string {
    return formToken(this.secrets, uid);
  }

  /** Companies' own providers. */
  private async providers({ uid }: CurrentInteraction): Promise<ProviderButton[]> {
    const enabled = await this.companies.enabled();
    return enabled.map(({ name, slug }) => ({ name, url: `/api/v1/auth/oidc/${slug}/start?interaction=${uid}` }));
  }

  private get origin(): string {
    return new URL(this.config.http.publicUrl).origin;
  }
}

const expected = ({ loginHint, user }: CurrentInteraction): string =>
  (loginHint ?? user?.email ?? '').slice(0, LONGEST.email);

const isShown = (error: unknown): error is DomainError =>
  error instanceof DomainError && (SHOWN as readonly string[]).includes(error.kind);

function send(response: Response, { redirectUri }: CurrentInteraction, status: number, page: Html): void {
  response.status(status).set(pageHeaders(redirectUri)).send(page.text);
}
