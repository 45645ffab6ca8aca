import { readFileSync } from 'node:fs';
import { isId } from '#kernel';
import type { Environment } from '#platform/config';
import { CliError } from '../cli-error';
import type { HubAccess } from './hub-client';

/** As the command line has them, or the environment. */
export interface HubOptions {
  url: string;
  organization?: string;
}

/** @throws CliError that says what is missing or wrong, and where it is to be had. */
export const readAccess = ({ url, organization }: HubOptions, environment: Environment): HubAccess => ({
  url: addressOf(url),
  organizationId: organizationOf(organization),
  token: tokenOf(environment),
});

function addressOf(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username || parsed.search || parsed.hash) {
    throw new CliError(`HUB_URL or --url must be an address like https://hub.example.com`);
  }
  return parsed.href.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
}

function organizationOf(organization: string | undefined): string {
  const where = 'npm start prints it, GET /organizations lists them';
  if (!organization) throw new CliError(`HUB_ORGANIZATION or --organization is required: the id of one (${where})`);
  if (!isId(organization))
    throw new CliError(`HUB_ORGANIZATION or --organization must be an id, and not a name (${where})`);
  return organization;
}

function tokenOf(environment: Environment): string {
  const file = environment['HUB_TOKEN_FILE'];
  const token = (file ? readToken(file) : environment['HUB_TOKEN'])?.trim();
  if (!token) throw new CliError('HUB_TOKEN is required: make a token with POST /oauth2/tokens, or in Swagger UI');
  if (!/^[\x21-\x7e]+$/.test(token)) throw new CliError('HUB_TOKEN must be a token alone, without blanks in it');
  return token;
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`HUB_TOKEN_FILE cannot be read: ${(error as Error).message}`);
  }
}
