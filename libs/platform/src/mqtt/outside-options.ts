import type { IClientOptions } from 'mqtt';
import type { OutsideBroker } from './broker-choice';

/** How mqtt.js signs in there. What is left out is not named: the address may say it. */
export const signInOptions = ({ username, password, ca, certificate, privateKey }: OutsideBroker): IClientOptions => ({
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  ...(ca !== undefined && { ca }),
  ...(certificate !== undefined && { cert: certificate }),
  ...(privateKey !== undefined && { key: privateKey }),
});
