import { IdentityMaintenanceModule } from '#identity';
import { SecretBox } from '#platform/crypto';
import { MaintenanceTasks } from '#platform/queue';
import { SigningKeysService } from '../../../libs/identity/src/oauth/signing-keys.service';
import { OidcPayloads } from '../../../libs/identity/src/oauth/oidc-adapter';
import { createTestApp, type TestApp } from '#testing';

describe('the documents of the OAuth2 server', () => {
  let app: TestApp;
  let codes: OidcPayloads;
  let sessions: OidcPayloads;

  beforeAll(async () => {
    app = await createTestApp();
    const secrets = app.nest.get(SecretBox);
    codes = new OidcPayloads('AuthorizationCode', app.database, secrets);
    sessions = new OidcPayloads('Session', app.database, secrets);
  });
  afterAll(() => app.stop());

  const sql = (query: string) => app.database.asSystem((manager) => manager.query<object[]>(query));

  it('are written, written anew, found and removed', async () => {
    await codes.upsert('one', { jti: 'one', scope: 'a' }, 60);
    await codes.upsert('one', { jti: 'one', scope: 'b' }, 60);
    expect(await codes.find('one')).toEqual({ jti: 'one', scope: 'b' });
    expect(await sessions.find('one')).toBeUndefined();
    await codes.destroy('one');
    expect(await codes.find('one')).toBeUndefined();
  });

  it('are kept without their ids in clear', async () => {
    await codes.upsert('very-secret-code', { jti: 'very-secret-code' }, 60);
    expect(JSON.stringify(await sql('SELECT * FROM oidc_payloads'))).not.toContain('very-secret-code');
  });

  it('say when they were consumed', async () => {
    await codes.upsert('used', { jti: 'used' }, 60);
    await codes.consume('used');
    expect(await codes.find('used')).toEqual({ jti: 'used', consumed: expect.any(Number) });
  });

  it('of sessions are found by uid', async () => {
    await sessions.upsert('id', { jti: 'id', uid: 'uid', accountId: 'user' }, 60);
    expect(await sessions.findByUid('uid')).toMatchObject({ jti: 'id', accountId: 'user' });
    expect(await sessions.findByUid('other')).toBeUndefined();
  });

  it('go with their grant', async () => {
    await codes.upsert('of-grant', { jti: 'of-grant', grantId: 'grant' }, 60);
    await codes.upsert('of-other', { jti: 'of-other', grantId: 'other' }, 60);
    await codes.revokeByGrantId('grant');
    expect(await codes.find('of-grant')).toBeUndefined();
    expect(await codes.find('of-other')).toBeDefined();
  });

  it('are gone when they expire, from the table too', async () => {
    await codes.upsert('old', { jti: 'old', uid: 'old' }, -1);
    expect(await codes.find('old')).toBeUndefined();
    const left = () => sql(`SELECT 1 FROM oidc_payloads WHERE uid = 'old'`);
    expect(await left()).toHaveLength(1);
    const tasks = new MaintenanceTasks();
    new IdentityMaintenanceModule(
      tasks,
      app.database,
      app.nest.get(SigningKeysService, { strict: false }),
    ).onModuleInit();
    await tasks.run('identity.expired');
    expect(await left()).toHaveLength(0);
  });
});
