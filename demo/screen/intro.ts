import { MOTOR_TOPIC, ROOT_TOPIC } from '../hub/namespace.ts';

export interface Addresses {
  httpUrl: string;
  mqttPort: number;
  boardUrl: string;
  email: string;
  password: string;
  organizationId: string;
  token: string;
  dataDir: string;
  startedIn: string;
}

/** Where a visitor can go on. The lines work as pasted. */
export function intro(facts: Addresses): string {
  const { httpUrl, organizationId, token } = facts;
  const rows = [
    ['Board', facts.boardUrl],
    ['Dashboards', `${httpUrl}/dashboards`],
    ['Swagger UI', `${httpUrl}/swagger/index.html`],
    ['Sign-in', `${facts.email}   ${facts.password}`],
    ['Organization', organizationId],
    ['Data', facts.dataDir],
  ] as const;
  const recent = `${httpUrl}/api/v1/uns/data/recent?topic=${MOTOR_TOPIC}&limit=3`;
  return [
    '',
    `MaestroHub runs, connected to a simulated bottling line (started in ${facts.startedIn}).`,
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(15)}${value}`),
    '',
    '  The last temperatures of the motor, and all values as they come:',
    '',
    `  curl -s '${recent}' -H 'Authorization: Bearer ${token}' -H 'X-Organization-ID: ${organizationId}'`,
    `  mosquitto_sub -h 127.0.0.1 -p ${facts.mqttPort} -u ${organizationId} -P ${token} -v -t '${ROOT_TOPIC}/#'`,
    '',
    'Ctrl-C stops all of it. What to try: demo/README.md',
    '',
  ].join('\n');
}
