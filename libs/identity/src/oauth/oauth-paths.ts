import type { DocumentedPaths } from '#platform/http';
import { DISCOVERY, OAUTH_ROUTES } from './oauth-provider';

const text = { type: 'string' };

const answers = (description: string, properties: Record<string, object>, example: object): object => ({
  description,
  content: { 'application/json': { schema: { type: 'object', properties }, example } },
});

const oauthError = (description: string, error: string): object =>
  answers(description, { error: text, error_description: text }, { error });

/** What `oidc-provider` serves, for the OpenAPI document: answers and errors by RFC 6749, without the envelope. */
export const OAUTH_PATHS: ReturnType<DocumentedPaths['all']> = {
  [OAUTH_ROUTES.token]: {
    post: {
      operationId: 'OAuth2_token',
      tags: ['OAuth2'],
      summary: 'Gives a client an access token (RFC 6749, section 4.4).',
      requestBody: {
        required: true,
        content: {
          'application/x-www-form-urlencoded': {
            schema: {
              type: 'object',
              required: ['grant_type'],
              properties: {
                grant_type: { type: 'string', enum: ['client_credentials'] },
                client_id: text,
                client_secret: text,
                scope: { type: 'string', description: 'Scopes, separated by spaces; all of the client where left out' },
              },
            },
            example: {
              grant_type: 'client_credentials',
              client_id: 'mh_client_…',
              client_secret: 'mh_secret_…',
              scope: 'uns:read uns:publish',
            },
          },
        },
      },
      responses: {
        200: answers(
          'The token',
          { access_token: text, token_type: text, expires_in: { type: 'integer' }, scope: text },
          {
            access_token: 'eyJhbGciOiJSUzI1NiIs…',
            token_type: 'bearer',
            expires_in: 3600,
            scope: 'uns:read uns:publish',
          },
        ) as never,
        400: oauthError(
          'The request is malformed, or asks for a scope the client does not have',
          'invalid_scope',
        ) as never,
        401: oauthError('The client is unknown, disabled, or has another secret', 'invalid_client') as never,
      },
    },
  },
  [OAUTH_ROUTES.jwks]: {
    get: {
      operationId: 'OAuth2_jwks',
      tags: ['OAuth2'],
      summary: 'The keys that access tokens are signed with (RFC 7517).',
      responses: { 200: { description: 'A JSON Web Key Set' } },
    },
  },
  [DISCOVERY]: {
    get: {
      operationId: 'OAuth2_discovery',
      tags: ['OAuth2'],
      summary: 'Where everything of OAuth2 is, and what it can do (OpenID Connect Discovery 1.0).',
      responses: { 200: { description: 'The discovery document' } },
    },
  },
};
