import { invalid, type FieldProblem } from '#kernel';
import type { OtherStorage, Storage } from '../storage/storage-state';
import type { StorageSettings } from './dto/uns-settings.dto';
import { SECRET_MASK } from './settings-part';

const FIELDS = ['url', 'username', 'password'] as const;

const problem = (field: string, rest: string): FieldProblem => ({
  field: `storage.${field}`,
  message: `${field} ${rest}`,
});

/** The password as `********`. */
export const maskedStorage = (storage: Storage): object =>
  storage.kind === 'main' || storage.password === undefined ? storage : { ...storage, password: SECRET_MASK };

/** What is asked for, with the password that is masked or left out as it is. @throws DomainError `bad_request` */
export function acceptedStorage(given: StorageSettings, current: Storage): Storage {
  if (given.kind === 'main') {
    const surplus = FIELDS.find((field) => given[field] !== undefined && given[field] !== null);
    if (surplus) throw invalid(problem(surplus, 'belongs to another database'));
    return { kind: 'main' };
  }
  const { kind, url = '' } = given;
  const username = given.username ?? undefined;
  const fault = urlProblem(url);
  if (fault) throw invalid(problem('url', fault));
  const isSame = current.kind !== 'main' && current.url === url && current.username === username;
  const kept = isSame ? current.password : undefined;
  const isMasked = given.password === undefined || given.password === SECRET_MASK;
  if (given.password === SECRET_MASK && kept === undefined) {
    throw invalid(problem('password', 'is required: there is none for this address'));
  }
  const password = isMasked ? kept : (given.password ?? undefined);
  const storage: OtherStorage = { kind, url };
  return { ...storage, ...(username && { username }), ...(password && { password }) };
}

function urlProblem(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '' || url.pathname.length < 2) {
    return 'must be like postgres://host:5432/database';
  }
  return url.username || url.password ? 'must not carry credentials; use username and password' : undefined;
}
