import { html, type Html } from '../interaction/html';
import { page } from '../interaction/layout';

/** A sign-in through a company that did not come about, with the way back to the other ways in. */
export const refusalPage = (message: string, interaction: string): Html =>
  page(
    'You are not signed in',
    html`<h1>You are not signed in</h1>
      <p role="alert">${message}</p>
      <a class="button" href="/api/v1/oauth2/interaction/${interaction}">Back to the sign-in page</a>`,
  );
