/** What the server tells the page about itself. */
export interface Settings {
  /** The platform's one address, without a slash at its end. */
  url: string;
  /** As which client people sign in, and where that ends. */
  clientId: string;
  redirectPath: string;
}

export function readSettings(): Settings {
  const content = document.querySelector<HTMLMetaElement>('meta[name=maestrohub]')?.content ?? '{}';
  return JSON.parse(content) as Settings;
}
