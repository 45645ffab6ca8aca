import { createHash } from 'node:crypto';
import { STYLE } from './style';

const styleHash = createHash('sha256').update(STYLE).digest('base64');

/**
 * Headers of a page: nothing runs, nothing is loaded but the style in it, nobody may frame or keep it.
 * @param redirectUri where its forms lead in the end: Chromium also holds redirects after a form to `form-action`.
 */
export function pageHeaders(redirectUri?: string): Record<string, string> {
  const targets = redirectUri === undefined ? `'none'` : `'self' ${formTarget(redirectUri)}`;
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action ${targets}; frame-ancestors 'none'; base-uri 'none'`,
    'Cache-Control': 'no-store',
    // Not `no-referrer`: browsers would then also leave out the Origin by which our own forms are known.
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  };
}

export const PAGE_HEADERS = pageHeaders();

/** The origin of a web address; the scheme alone for applications, and for what CSP has no origin for (IPv6). */
function formTarget(redirectUri: string): string {
  const { protocol, origin, hostname } = new URL(redirectUri);
  return /^https?:$/.test(protocol) && !hostname.startsWith('[') ? origin : protocol;
}
