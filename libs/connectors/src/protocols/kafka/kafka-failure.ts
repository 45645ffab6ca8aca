import { ConnectorError } from '../../calls/connector-error';
import { networkFailure } from '../support/network-failure';

/** What errors of the library have, which are trees by `errors` and `cause`. */
interface KafkaError extends Error {
  code?: unknown;
  errors?: readonly unknown[];
  /** Of what a broker answered: its name and whether asking again may help. */
  apiId?: string;
  canRetry?: boolean;
  serverErrorMessage?: string | null;
}

/** From the error to the first of its reasons; lists of them have holes. */
function chainOf(error: unknown): KafkaError[] {
  const found: KafkaError[] = [];
  for (let next = error as KafkaError | undefined; next && found.length < 20;) {
    found.push(next);
    next = (next.errors?.find((one) => one) ?? next.cause) as KafkaError | undefined;
  }
  return found;
}

/** A request that timed out leaves its connection out of step (the library reads no answer after it). */
export const isTimeout = (error: unknown): boolean =>
  chainOf(error).some(({ message }) => message === 'Request timed out');

/** The group has been divided anew: what was not committed is brought again, perhaps to another member. */
export const isRebalance = (error: unknown): boolean =>
  chainOf(error).some(({ apiId }) =>
    ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'].includes(apiId ?? ''),
  );

/** Whatever the client library or the network fails with. */
export function failureOf(error: unknown, where: string): ConnectorError {
  const chain = chainOf(error);
  const passing = (words: string) => new ConnectorError(`${where}: ${words}`, { retryable: true });
  const lasting = (words: string) => new ConnectorError(`${where}: ${words}`);
  const known = networkFailure(chain.at(-1), where);
  if (known) return known;
  const answered = chain.find(({ apiId }) => apiId !== undefined);
  const authentication = chain.some(({ code }) => code === 'PLT_KFK_AUTHENTICATION');
  if (answered?.apiId === 'UNSUPPORTED_SASL_MECHANISM') return lasting('does not offer this kind of authentication');
  if (answered?.apiId === 'UNSUPPORTED_VERSION') return lasting('is too old: Kafka 3.5 or newer is needed');
  if (authentication) return lasting('wrong user name or password');
  if (answered) {
    const words = `${answered.serverErrorMessage ?? answered.message} (${answered.apiId})`;
    return answered.canRetry === true ? passing(words) : lasting(words);
  }
  const [{ message }] = [chain.at(-1)!];
  if (/^Unknown topic/.test(message)) return lasting(message.replace(/^U/, 'u').replace(/\.$/, ''));
  if (/timed out/.test(message)) return passing('does not answer');
  if (/correlation_id/.test(message)) return passing('the answer is not of Kafka');
  if (/SASL|sasl|SCRAM|[Aa]uthentication|nonce|server signature/.test(message)) return lasting('authentication failed');
  if (chain.some(({ code }) => code === 'PLT_KFK_UNSUPPORTED_API')) {
    return lasting('is too old: Kafka 3.5 or newer is needed');
  }
  if (chain.some(({ code }) => code === 'PLT_KFK_UNSUPPORTED_COMPRESSION')) return lasting(message);
  return passing('the connection was closed');
}
