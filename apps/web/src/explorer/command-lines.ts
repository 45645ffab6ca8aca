/** One word for a POSIX shell, whatever is in it. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Publishes by REST; the token is left to whoever runs it. */
export function curlLine(origin: string, organizationId: string, topic: string, value: unknown): string {
  return [
    `curl -s ${quoted(`${origin}/api/v1/uns/data/publish`)}`,
    `-H "Authorization: Bearer $TOKEN" -H ${quoted(`X-Organization-ID: ${organizationId}`)}`,
    `-H 'Content-Type: application/json' -d ${quoted(JSON.stringify({ topic, value }))}`,
  ].join(' ');
}

/** Publishes by MQTT at the port a broker has by default. */
export function mosquittoLine(host: string, organizationId: string, topic: string, value: unknown): string {
  const account = `-u ${quoted(organizationId)} -P "$TOKEN"`;
  return `mosquitto_pub -h ${quoted(host)} -p 1883 ${account} -q 1 -t ${quoted(topic)} -m ${quoted(JSON.stringify(value))}`;
}
