import type { WatchedCredential } from './credential-watch';
import { InOrder } from './in-order';

/** What we know of one connection to the embedded broker. */
export class Connection {
  /** Before CONNECT, and after one whose user name is no organization id, a prefix that nobody has. */
  prefix = '!/';
  /** As the client gave it, or as we chose it for one that gave none. */
  clientId = '';
  clientIdAssigned = false;
  willTopic: string | undefined;
  credentialKey: string | undefined;
  /** Set once it has signed in. */
  credential: WatchedCredential | undefined;
  /** It is being closed for an error: what still arrives is not looked at. */
  failed = false;
  /** Acknowledgements and forwarding keep the order of arrival (MQTT 5, section 4.6). */
  readonly order = new InOrder();
}
