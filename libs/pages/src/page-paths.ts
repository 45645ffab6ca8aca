/** Where pages are. All are one document, whose script looks at the address; the list is that of apps/web/src/main.tsx. */
const PAGES = /^\/(?:dashboards(?:\/[\w-]+)?|explorer|dependencies|signed-in|signed-out)\/?$/;

const ASSETS = /^\/(assets\/[\w.-]+)$/;

/** What an address asks for; undefined where it is none of ours. */
export type Wanted = { kind: 'page' } | { kind: 'asset'; name: string } | { kind: 'elsewhere'; location: string };

export function wantedAt(path: string): Wanted | undefined {
  if (path === '/') return { kind: 'elsewhere', location: '/dashboards' };
  if (PAGES.test(path)) return { kind: 'page' };
  const [, asset] = ASSETS.exec(path) ?? [];
  return asset === undefined ? undefined : { kind: 'asset', name: asset };
}
