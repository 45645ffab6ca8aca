'use strict';

/*
 * A machine with values of many types and a method. Arguments: its port, and a folder for certificates: its own is written
 * to server.pem there, and one for a client to client.pem and client.key. User operator, password line7-operator.
 */

const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { OPCUACertificateManager } = require('node-opcua-certificate-manager');
const { crypto_utils, DataType, StatusCodes, Variant, VariantArrayType } = require('node-opcua-client');
const { OPCUAServer } = require('node-opcua-server');
const { nodesets } = require('node-opcua-nodesets');

const [port, directory] = process.argv.slice(2);

const VALUES = {
  Temperature: [DataType.Double, 21.5],
  Pressure: [DataType.Float, 0.1],
  Counter: [DataType.UInt32, 7],
  Total: [DataType.UInt64, [0xffffffff, 0xffffffff]],
  Name: [DataType.String, 'Press 4'],
  Running: [DataType.Boolean, true],
  Started: [DataType.DateTime, new Date('2026-01-02T03:04:05Z')],
  Raw: [DataType.ByteString, Buffer.from('abc')],
  Label: [DataType.LocalizedText, { text: 'Presse', locale: 'de' }],
};

async function main() {
  const serverCertificateManager = new OPCUACertificateManager({
    rootFolder: directory,
    automaticallyAcceptUnknownCertificate: true,
  });
  const server = new OPCUAServer({
    port: Number(port),
    hostname: '127.0.0.1',
    nodeset_filename: [nodesets.standard],
    serverCertificateManager,
    // Ten otherwise: each connection of the test has one, and those that are tried come on top.
    maxConnectionsPerEndpoint: 100,
    userManager: { isValidUser: (user, password) => user === 'operator' && password === 'line7-operator' },
  });
  await server.initialize();
  const { addressSpace } = server.engine;
  const namespace = addressSpace.getOwnNamespace();
  const machine = namespace.addObject({
    organizedBy: addressSpace.rootFolder.objects,
    browseName: 'Machine',
    nodeId: 's=Machine',
  });
  const add = (name, dataType, value, more = {}) =>
    namespace.addVariable({
      componentOf: machine,
      browseName: name,
      nodeId: `s=Machine.${name}`,
      dataType,
      value: { dataType, arrayType: VariantArrayType.Scalar, value },
      ...more,
    });
  for (const [name, [dataType, value]] of Object.entries(VALUES)) add(name, dataType, value);
  const list = (dataType, value) => ({
    valueRank: 1,
    arrayDimensions: [3],
    value: { dataType, arrayType: VariantArrayType.Array, value },
  });
  add('Series', DataType.Int32, undefined, list(DataType.Int32, Int32Array.from([1, 2, 3])));
  add('Steps', DataType.String, undefined, list(DataType.String, ['heat', 'press', 'cool']));
  const fixed = add('Fixed', DataType.Int16, 5);
  fixed.accessLevel = fixed.userAccessLevel = 1;
  const broken = add('Broken', DataType.Double, 0);
  broken.setValueFromSource({ dataType: DataType.Double, value: 0 }, StatusCodes.BadSensorFailure);

  const argument = (name) => ({ name, dataType: DataType.Double, description: { text: name } });
  const method = namespace.addMethod(machine, {
    browseName: 'Multiply',
    nodeId: 's=Machine.Multiply',
    inputArguments: [argument('a'), argument('b')],
    outputArguments: [argument('product')],
  });
  method.bindMethod(([a, b], _context, answer) => {
    const product = new Variant({ dataType: DataType.Double, value: a.value * b.value });
    answer(null, { statusCode: StatusCodes.Good, outputArguments: [product] });
  });
  await writeCertificates(server);
  await server.start();
}

async function writeCertificates(server) {
  const der = server.getCertificate().toString('base64');
  write(
    'server.pem',
    `-----BEGIN CERTIFICATE-----\n${der.replaceAll(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`,
  );
  const { privateKey } = await crypto_utils.generateKeyPair(2048);
  const purpose = crypto_utils.CertificatePurpose.ForApplication;
  const certificate = {
    privateKey,
    subject: 'CN=Hub',
    applicationUri: 'urn:hub.example:client',
    validity: 30,
    purpose,
  };
  write('client.pem', (await crypto_utils.createSelfSignedCertificate(certificate)).cert);
  write('client.key', (await crypto_utils.privateKeyToPEM(privateKey)).privPem);
}

const write = (name, text) => writeFileSync(join(directory, name), text);

void main();
