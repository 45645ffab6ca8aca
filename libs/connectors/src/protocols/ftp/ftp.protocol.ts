import type { FieldProblem } from '#kernel';
import {
  Protocol,
  type FunctionType,
  type JsonObject,
  type ObjectSchema,
  type ProtocolDefinition,
  type SessionContext,
} from '../protocol';
import { configProblems, fileProblems, functionProblems, type FtpConfig } from './ftp-config';
import * as schemas from './ftp-schemas';
import { FtpSession } from './ftp-session';

const call = (
  verb: string,
  description: string,
  config: ObjectSchema,
  example: JsonObject,
  check: (config: JsonObject) => FieldProblem[] = fileProblems,
): FunctionType => ({
  type: `ftp.${verb}`,
  title: `${verb[0]!.toUpperCase()}${verb.slice(1)}`,
  description,
  kind: 'call',
  config,
  example,
  check,
});

/** Files of servers, by FTP, FTPS and SFTP. */
@Protocol()
export class FtpProtocol implements Protocol {
  readonly definition: ProtocolDefinition = {
    id: 'ftp',
    title: 'FTP and SFTP',
    description: 'Fetches, leaves, lists and deletes files: FTP, FTPS (explicit and implicit TLS) and SFTP',
    version: 1,
    verified: true,
    mode: 'request',
    config: schemas.CONNECTION_SCHEMA,
    example: { host: 'files.example.com', protocol: 'sftp', username: 'hub', password: 'a secret', basePath: '/plant' },
    functions: [
      call('download', 'Reads a file', schemas.DOWNLOAD_SCHEMA, { path: 'outbox/((order)).csv' }),
      call('upload', 'Writes a file, in place of the one there is', schemas.UPLOAD_SCHEMA, {
        path: 'inbox/((order)).json',
        content: '((content))',
      }),
      call('list', 'Lists a folder', schemas.LIST_SCHEMA, { path: 'outbox' }, functionProblems),
      call('delete', 'Deletes a file', schemas.FILE_SCHEMA, { path: 'outbox/((order)).csv' }),
      call(
        'rename',
        'Renames or moves a file',
        schemas.RENAME_SCHEMA,
        {
          from: 'outbox/((order)).csv',
          to: 'archive/((order)).csv',
        },
        functionProblems,
      ),
      call('mkdir', 'Makes a folder with those above it; one that is there is no failure', schemas.FOLDER_SCHEMA, {
        path: 'archive/((year))',
      }),
    ],
  };

  check = (config: JsonObject) => configProblems(config);

  open(config: JsonObject, { outbound }: SessionContext): Promise<FtpSession> {
    return Promise.resolve(new FtpSession(config as unknown as FtpConfig, outbound));
  }
}
