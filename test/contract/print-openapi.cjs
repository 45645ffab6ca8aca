/*
 * Prints the OpenAPI document of the built application. Of the built one, because only the build runs the Swagger
 * plugin that reads the comments and types of the DTO classes. Settings come from the environment.
 */
const { Logger } = require('@nestjs/common');
const { startHub } = require('../../dist/apps/shared/src/start-hub');
const { Config } = require('../../dist/libs/platform/src/config');
const { openApiDocument } = require('../../dist/libs/platform/src/http');

async function main() {
  const hub = await startHub(Config.from(process.env), ['api']);
  // What its maker only warns of makes it untrue: of two classes with one name, say, one is described by the other.
  Logger.warn = (message) => {
    throw new Error(message);
  };
  process.stdout.write(`${JSON.stringify(openApiDocument(hub.app), null, 2)}\n`);
  await hub.stop();
}

void main();
