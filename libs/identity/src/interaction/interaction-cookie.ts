import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SecretBox } from '#platform/crypto';
import type { Request, Response } from 'express';
import type { KoaContextWithOIDC } from 'oidc-provider';

/*
 * The cookie ties an interaction to the browser it was started in. It holds a MAC of the interaction's id: whoever
 * knows the id alone, from an address bar, cannot make it. Its path is that of the API, so that it also comes along
 * when a company's own provider sends the browser back.
 */

const PATH = '/api/v1';
/** As long as the interaction itself. */
const MAX_AGE_MS = 30 * 60 * 1000;
const UID = /^[\w-]{20,64}$/;

const nameOf = (uid: string): string => `hub_interaction_${uid}`;

const mac = (secrets: SecretBox, purpose: string, uid: string): string =>
  createHmac('sha256', secrets.deriveKey(purpose)).update(uid).digest('base64url');

const equal = (a: string, b: string): boolean =>
  timingSafeEqual(
    createHmac('sha256', 'compare').update(a).digest(),
    createHmac('sha256', 'compare').update(b).digest(),
  );

export function setInteractionCookie(ctx: KoaContextWithOIDC, secrets: SecretBox, uid: string): void {
  ctx.cookies.set(nameOf(uid), mac(secrets, 'interaction-cookie', uid), {
    path: PATH,
    httpOnly: true,
    sameSite: 'lax',
    secure: ctx.secure,
    maxAge: MAX_AGE_MS,
    signed: false,
    overwrite: false,
  });
}

export function clearInteractionCookie(response: Response, uid: string): void {
  response.clearCookie(nameOf(uid), { path: PATH, httpOnly: true, sameSite: 'lax' });
}

/** Whether the request comes from the browser that the interaction was started in. */
export function hasInteractionCookie(request: Request, secrets: SecretBox, uid: string): boolean {
  if (!UID.test(uid)) return false;
  const prefix = `${nameOf(uid)}=`;
  const cookies = (request.headers.cookie ?? '').split(/; */);
  const value = cookies.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length);
  return value !== undefined && equal(value, mac(secrets, 'interaction-cookie', uid));
}

/** What the forms of an interaction carry: other sites can neither read nor guess it. */
export const formToken = (secrets: SecretBox, uid: string): string => mac(secrets, 'interaction-form', uid);

export const isFormToken = (secrets: SecretBox, uid: string, token: string): boolean =>
  equal(token, formToken(secrets, uid));
