const BASE64: Record<string, string> = { '+': '-', '/': '_', '=': '' };

export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (character) => BASE64[character]!);
}

/** 256 bits that nobody guesses. */
export const randomText = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));

/**
 * The challenge for a verifier (RFC 7636, section 4.2). Browsers have `crypto.subtle` on secure addresses alone (https,
 * or this machine), hence a digest of our own for plants without certificates.
 */
export async function challengeOf(verifier: string): Promise<string> {
  const bytes = new TextEncoder().encode(verifier);
  if (crypto.subtle === undefined) return base64url((await import('./sha256')).sha256(bytes));
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

/** The claims of an ID token that came from the token endpoint itself: its signature need not be checked again. */
export function claimsOf(idToken: string): Record<string, unknown> {
  const payload = (idToken.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
}
