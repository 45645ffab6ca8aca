import { html, type Html } from './html';
import type { CurrentInteraction } from './interactions';
import { page, type PageProblem } from './layout';
import { scopeGroups } from './scope-words';

/** A company's own provider, as a way to sign in. */
export interface ProviderButton {
  name: string;
  url: string;
}

export interface SignInPage {
  interaction: CurrentInteraction;
  formToken: string;
  providers: readonly ProviderButton[];
  /** As it was typed, or as the client expects it. */
  email: string;
  problem?: PageProblem;
  /** A new password is demanded along with the right one. */
  asksNewPassword?: boolean;
}

const path = ({ uid }: CurrentInteraction): string => `/api/v1/oauth2/interaction/${uid}`;

export function signInPage({ interaction, formToken, providers, email, problem, asksNewPassword }: SignInPage): Html {
  const invalid = problem && html` aria-invalid="true" aria-describedby="problem-text"`;
  const [atEmail, atPassword] = problem ? [undefined, undefined] : focusAt(email);
  return page(
    'Sign in',
    html`<h1>Sign in</h1>
      <p class="soft">to continue to <strong>${interaction.clientName}</strong></p>
      <form method="post" action="${path(interaction)}/sign-in">
        <input type="hidden" name="form_token" value="${formToken}" />
        <label for="email">E-mail address</label>
        <input
          id="email"
          name="email"
          type="email"
          inputmode="email"
          autocomplete="username"
          autocapitalize="none"
          spellcheck="false"
          maxlength="320"
          required
          value="${email}"
          ${atEmail}${invalid}
        />
        <label for="password">Password</label>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="current-password"
          maxlength="200"
          required${atPassword}${invalid}
        />
        ${
          asksNewPassword &&
          html`<label for="new-password">New password</label>
            <input
              id="new-password"
              name="new_password"
              type="password"
              autocomplete="new-password"
              maxlength="200"
              required
              aria-describedby="problem-text"
            />`
        }
        <button class="main" type="submit">Sign in</button>
      </form>
      ${
        providers.length > 0 &&
        html`<section aria-label="Other ways to sign in">
          <p class="or">or</p>
          ${providers.map(({ name, url }) => html`<a class="button" href="${url}">Sign in with ${name}</a>`)}
        </section>`
      }
      <form method="post" action="${path(interaction)}/cancel">
        <input type="hidden" name="form_token" value="${formToken}" />
        <button type="submit">Cancel</button>
      </form>`,
    { problem, note: 'Check that the address bar shows your MaestroHub before you enter a password.' },
  );
}

/** Whoever has an e-mail address already goes on with the password. */
const focusAt = (email: string): [Html | undefined, Html | undefined] =>
  email ? [undefined, html` autofocus`] : [html` autofocus`, undefined];

export function consentPage(interaction: CurrentInteraction, formToken: string): Html {
  const { clientName, user, scopes, redirectUri } = interaction;
  const groups = scopeGroups(scopes);
  return page(
    `Allow ${clientName}?`,
    html`<h1>Allow ${clientName}?</h1>
      <p>
        Signed in as <strong>${user?.email}</strong>.
        <a href="${path(interaction)}?account=other">Use another account</a>
      </p>
      <p><strong>${clientName}</strong> wants to do this in your name, as far as your role allows it:</p>
      ${groups.map(
        ({ name, lines }, index) =>
          html`<section aria-labelledby="area-${index}">
            <h2 id="area-${index}">${name}</h2>
            <ul>
              ${lines.map(
                ({ text, branch }) =>
                  html`<li>${text}${branch !== undefined && html`, only <code>${branch}</code>`}</li>`,
              )}
            </ul>
          </section>`,
      )}
      <p></p>
      <p class="soft">You will be sent to <code>${placeOf(redirectUri)}</code>.</p>
      <form method="post" action="${path(interaction)}/consent">
        <input type="hidden" name="form_token" value="${formToken}" />
        <button class="main" type="submit" name="decision" value="allow">Allow</button>
        <button type="submit" name="decision" value="deny">Deny</button>
      </form>`,
  );
}

function placeOf(redirectUri: string): string {
  const { origin, protocol } = new URL(redirectUri);
  return /^https?:$/.test(protocol) ? origin : protocol;
}
