import { Html, html } from './html';
import { STYLE } from './style';

// As it is, or its hash in the headers would not fit.
const style = new Html(`<style>${STYLE}</style>`);

export interface PageProblem {
  title: string;
  message: string;
}

export interface PageExtras {
  /** Gets the focus, so that screen readers begin with it. */
  problem?: PageProblem | undefined;
  /** Below everything else. */
  note?: string;
}

/** A whole page. */
export const page = (title: string, content: Html, { problem, note }: PageExtras = {}): Html =>
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
        ${note !== undefined && html`<footer>${note}</footer>`}
      </body>
    </html> `;
