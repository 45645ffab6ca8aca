import { readAnswer, type Answer } from './api-client';

/** A page as a person without scripts sees it: what it says, and the forms to fill in. */
export interface Page extends Answer {
  url: string;
}

type Fields = Readonly<Record<string, string>>;

/** What a browser sends along by itself when one site's page asks for another of the same site. */
const OWN_PAGE = { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'navigate', Accept: 'text/html' };

/**
 * As much of a browser as signing in needs: it keeps cookies by path, follows redirects within its site, and sends
 * forms. A redirect that leaves the site is where it stops; `location` of that answer is where it would go.
 */
export class Browser {
  private readonly cookies = new Map<string, { value: string; path: string }>();

  constructor(private readonly origin: string) {}

  open = (url: string): Promise<Page> => this.follow('GET', url);

  /** Sends the form of a page whose action ends in `name`, with its hidden fields and those given. */
  submit(page: Page, name: string, fields: Fields = {}, headers: Fields = {}): Promise<Page> {
    const { action, hidden } = formOf(page, name);
    return this.post(action, { ...hidden, ...fields }, headers);
  }

  post = (path: string, fields: Fields, headers: Fields = {}): Promise<Page> =>
    this.follow('POST', new URL(path, this.origin).href, new URLSearchParams(fields), {
      Origin: this.origin,
      ...headers,
    });

  /** The cookies that go with a request for this address. */
  cookieHeader(url: string): string {
    const { pathname } = new URL(url);
    const fitting = [...this.cookies].filter(([, { path }]) => pathname === path || pathname.startsWith(under(path)));
    return fitting.map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ');
  }

  private async follow(method: string, url: string, body?: URLSearchParams, headers: Fields = {}): Promise<Page> {
    const response = await fetch(url, {
      method,
      headers: { ...OWN_PAGE, Cookie: this.cookieHeader(url), ...headers },
      body,
      redirect: 'manual',
    });
    for (const line of response.headers.getSetCookie()) this.keep(line, url);
    const answer = await readAnswer(response);
    const location = answer.headers.get('location');
    const next = location === null ? undefined : new URL(location, url);
    return next?.origin === this.origin ? this.follow('GET', next.href) : { ...answer, url };
  }

  private keep(line: string, url: string): void {
    const [pair, ...attributes] = line.split('; ') as [string, ...string[]];
    const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? new URL(url).pathname;
    const expires = attributes.find((attribute) => /^expires=/i.test(attribute))?.slice(8);
    const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    const key = `${name} ${path}`;
    if (expires !== undefined && Date.parse(expires) <= Date.now()) this.cookies.delete(key);
    else this.cookies.set(key, { value, path });
  }
}

const under = (path: string): string => (path.endsWith('/') ? path : `${path}/`);

/** @throws Error when the page has no such form: what it says instead is in the message. */
function formOf({ text, status }: Page, name: string): { action: string; hidden: Fields } {
  const forms = [...text.matchAll(/<form method="post" action="([^"]+)">(.*?)<\/form>/gs)];
  const form = forms.find(([, action]) => action!.endsWith(`/${name}`));
  if (!form) throw new Error(`no form ${name} on the page (${status}): ${text.replace(/<[^>]+>|\s+/g, ' ')}`);
  const hidden = [...form[2]!.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return { action: form[1]!, hidden: Object.fromEntries(hidden.map(([, key, value]) => [key, value])) };
}
