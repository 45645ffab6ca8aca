import { html, type Html } from './html';
import { page } from './layout';

/** A refusal or failure, for people. */
export const errorPage = (title: string, message: string): Html =>
  page(
    title,
    html`<h1>${title}</h1>
      <p role="alert">${message}</p>`,
  );

interface OAuthAnswer {
  error: string;
  error_description?: string | undefined;
}

/** What the OAuth2 server says where it does not send the browser back, with the words a developer looks for. */
export const oauthErrorPage = ({ error, error_description }: OAuthAnswer): Html =>
  page(
    'Sign-in is not possible',
    html`<h1>Sign-in is not possible</h1>
      <p role="alert">
        ${WORDS[error] ?? 'The application that sent you here asked for something that cannot be answered.'}
      </p>
      <p>Go back to the application and try again. If this happens again, tell whoever looks after it:</p>
      <p class="soft"><code>${error}</code>${error_description && html`<br />${error_description}`}</p>`,
  );

const WORDS: Record<string, string> = {
  invalid_client: 'The application that sent you here is not known, or is disabled.',
  invalid_redirect_uri: 'The application wants you sent to an address that is not registered for it.',
  temporarily_unavailable: 'MaestroHub cannot answer at the moment.',
  server_error: 'Something went wrong on our side.',
};
