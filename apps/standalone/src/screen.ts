export interface ScreenFacts {
  httpUrl: string;
  mqttUrl: string;
  organizationId: string;
  adminEmail: string;
  /** Only when it has just been made up. */
  newAdminPassword?: string | undefined;
  dataDir: string;
  startedIn: string;
}

/** What is printed once everything runs. */
export function screen(facts: ScreenFacts): string {
  const rows: [string, string][] = [
    ['Dashboards', `${facts.httpUrl}/dashboards`],
    ['REST API', `${facts.httpUrl}/api/v1`],
    ['Swagger UI', `${facts.httpUrl}/swagger/index.html`],
    ['MQTT', facts.mqttUrl],
    ['Organization', facts.organizationId],
    ['Administrator', facts.adminEmail],
    ...(facts.newAdminPassword
      ? [['Password', `${facts.newAdminPassword}   (shown this once)`] as [string, string]]
      : []),
    ['Data', facts.dataDir],
  ];
  const table = rows.map(([name, value]) => `  ${name.padEnd(15)}${value}`).join('\n');
  return `\nMaestroHub runs (started in ${facts.startedIn}).\n\n${table}\n\n  ${curlLine(facts)}\n\nCtrl-C stops it.\n`;
}

/** Works as pasted: signs in when the password is known, and otherwise asks for the state. */
export function curlLine({ httpUrl, adminEmail, newAdminPassword }: ScreenFacts): string {
  if (!newAdminPassword) return `curl -s ${quoted(`${httpUrl}/health/ready`)}`;
  const body = JSON.stringify({ email: adminEmail, password: newAdminPassword });
  const header = quoted('Content-Type: application/json');
  return `curl -s -X POST ${quoted(`${httpUrl}/api/v1/auth/login`)} -H ${header} -d ${quoted(body)}`;
}

/** One word for a POSIX shell, whatever is in it; left bare where nothing needs quoting. */
const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
