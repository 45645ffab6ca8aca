import type { SecretBox } from '#platform/crypto';
import type { IdentityProvider } from './identity-provider.entity';

/** Sealed for one provider: in another's row it opens nothing. */
const purposeOf = (id: string): string => `identity-provider/${id}`;

export const sealClientSecret = (secrets: SecretBox, id: string, clientSecret: string): Buffer =>
  secrets.seal(purposeOf(id), clientSecret);

export const openClientSecret = (secrets: SecretBox, { id, sealedClientSecret }: IdentityProvider): string =>
  secrets.open(purposeOf(id), sealedClientSecret);
