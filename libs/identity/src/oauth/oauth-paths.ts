import type { DocumentedPaths } from '#platform/http';
import { DISCOVERY, OAUTH_ROUTES } from './oauth-provider';

const text = { type: 'string' };

const answers = (description: string, properties: Record<string, object>, example: object): object => ({
  description,
  content: { 'application/json': { schema: { type: 'object', properties }, example } },
});

const oauthError = (description: string, error: string): object =>
  answers(description, { error: text, error_description: text }, { error });

const words = (description: string, more: object = {}): object => ({ ...text, description, ...more });

/** RFC 6749, section 4.1.1; RFC 7636, section 4.3; OpenID Connect Core, section 3.1.2.1. */
const AUTHORIZATION_PARAMETERS: Record<string, object> = {
  response_type: { ...text, enum: ['code'] },
  client_id: words('The `clientId` of a registered client', { example: 'mh_client_0qD8bX3kVn5tYc2mZs7wLh' }),
  redirect_uri: words('One of the client’s, compared byte for byte', { example: 'https://app.example.com/callback' }),
  scope: words('Scopes, separated by spaces; all of the client’s platform scopes where left out'),
  state: words('Comes back as it is'),
  code_challenge: words('SHA-256 of the verifier in base64url; public clients need it'),
  code_challenge_method: { ...text, enum: ['S256'] },
  nonce: words('Comes back in the ID token'),
  prompt: words('`none`, or `login` and `consent`'),
  max_age: words('Seconds since the user has signed in, at the most'),
  login_hint: words('E-mail address that the sign-in page begins with'),
  response_mode: { ...text, enum: ['query', 'fragment', 'form_post'] },
};

const REQUIRED = ['response_type', 'client_id', 'redirect_uri'];

const authorization = (operationId: string, summary: string, input: object, responses: object): never =>
  ({ operationId, tags: ['OAuth2'], summary, ...input, responses }) as never;

const TOKEN_EXAMPLE = {
  access_token: 'eyJhbGciOiJSUzI1NiIs…',
  token_type: 'bearer',
  expires_in: 3600,
  scope: 'uns:read uns:publish',
};

/** What `oidc-provider` serves, for the OpenAPI document: answers and errors by RFC 6749, without the envelope. */
export const OAUTH_PATHS: ReturnType<DocumentedPaths['all']> = {
  [OAUTH_ROUTES.authorization]: {
    get: authorization(
      'OAuth2_authorize',
      'Lets a user sign in by browser and allow a client what it asks for (RFC 6749, section 4.1).',
      {
        parameters: Object.entries(AUTHORIZATION_PARAMETERS).map(([name, schema]) => ({
          name,
          in: 'query',
          required: REQUIRED.includes(name),
          schema,
        })),
      },
      {
        303: { description: 'To the pages of signing in, or back to the client with `code` or `error`' },
        400: oauthError('Unknown client, or an address that is not registered for it', 'invalid_redirect_uri'),
      },
    ),
    post: authorization(
      'OAuth2_authorizeForm',
      'The same with the parameters as a form.',
      {
        requestBody: {
          required: true,
          content: {
            'application/x-www-form-urlencoded': {
              schema: { type: 'object', required: REQUIRED, properties: AUTHORIZATION_PARAMETERS },
            },
          },
        },
      },
      {
        303: { description: 'To the same as an address' },
        400: oauthError('The form is malformed or too long', 'invalid_request'),
      },
    ),
  },
  [OAUTH_ROUTES.token]: {
    post: {
      operationId: 'OAuth2_token',
      tags: ['OAuth2'],
      summary: 'Gives a client tokens (RFC 6749, sections 4.1.3, 4.4 and 6).',
      requestBody: {
        required: true,
        content: {
          'application/x-www-form-urlencoded': {
            schema: {
              type: 'object',
              required: ['grant_type'],
              properties: {
                grant_type: { type: 'string', enum: ['authorization_code', 'client_credentials', 'refresh_token'] },
                client_id: text,
                client_secret: text,
                scope: words('Scopes, separated by spaces; all of the client, or of the refresh token, where left out'),
                code: words('Of authorization_code: works once, for a minute'),
                redirect_uri: words('Of authorization_code: that of the authorization request'),
                code_verifier: words('Of authorization_code: what the challenge was made of'),
                refresh_token: words('Of refresh_token: works once; the answer has the next'),
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
          'The token; by authorization code also `id_token` and `refresh_token`',
          {
            access_token: text,
            token_type: text,
            expires_in: { type: 'integer' },
            id_token: words('With the scope openid'),
            refresh_token: words('Of clients with the grant type refresh_token'),
            scope: text,
          },
          TOKEN_EXAMPLE,
        ) as never,
        400: oauthError(
          'The request is malformed, its code or refresh token does not hold, or it asks for a scope too many',
          'invalid_grant',
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
