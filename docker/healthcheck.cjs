/* Exit code 0 while the process in this container answers. */
const port = process.env.HUB_HTTP_PORT || 8080;

fetch(`http://127.0.0.1:${port}/health/live`).then(
  ({ ok }) => process.exit(ok ? 0 : 1),
  () => process.exit(1),
);
