/** As which OAuth2 client people sign in to the web pages: a public one, the platform's own. */
export const PAGES_CLIENT_ID = 'maestrohub-pages';

/** Where that sign-in ends, in the browser. */
export const PAGES_REDIRECT_PATH = '/signed-in';
