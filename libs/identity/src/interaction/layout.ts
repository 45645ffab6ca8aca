import { Html, html } from './html';
import { STYLE } from './style';

// As it is, or its hash in the headers would not fit.
const style = new Html(`<style>${STYLE}</style>`);

export interface PageProblem {
  title: string;
  message: string;
}

/** A whole page. A problem gets the focus, so that screen readers begin with it. */
export const page = (title: string, content: Html, problem?: PageProblem): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${problem && 'Error: '}${title} – MaestroHub</title>
        ${style}
      </head>
      <body>
        <header>Maestro<span>Hub</span></header>
        <main>
          ${
            problem &&
            html`<div class="error" role="alert" tabindex="-1" id="problem" aria-labelledby="problem-title" autofocus>
              <h2 id="problem-title">${problem.title}</h2>
              <p id="problem-text">${problem.message}</p>
            </div>`
          }
          ${content}
        </main>
        <footer>Check that the address bar shows your MaestroHub before you enter a password.</footer>
      </body>
    </html> `;
