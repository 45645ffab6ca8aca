import { createPrivateKey } from 'node:crypto';
import type { Socket } from 'node:net';
import type * as NodeOpcUa from 'node-opcua-client';
import type { Security } from './opcua-config';
import { certificatesIn } from './trusted-certificates';

/** The client library, which is large, loaded by the first connection. */
export type Library = typeof NodeOpcUa;

export async function loadLibrary(): Promise<Library> {
  const library = await import('node-opcua-client');
  // It would write to the console what is told as failures here.
  library.setLogLevel(library.LogLevel.Emergency);
  for (const set of [library.setDebugLogger, library.setWarningLogger, library.setErrorLogger]) set(() => undefined);
  return library;
}

export type KeyPair = NonNullable<NodeOpcUa.OPCUAClientOptions['certificateKeyPairProvider']>;

/**
 * Certificate and key of this client, in memory: without them the library would make a folder with openssl. Where nothing is
 * secured nobody looks at them, so those are made up, once in a process.
 */
export async function keyPairOf({ certificate, privateKey }: Security, library: Library): Promise<KeyPair> {
  if (certificate === undefined || privateKey === undefined) return (madeUp ??= makeUp(library));
  return keyPair(certificate, privateKey, library);
}

let madeUp: Promise<KeyPair> | undefined;

async function makeUp(library: Library): Promise<KeyPair> {
  const { generateKeyPair, createSelfSignedCertificate, privateKeyToPEM, CertificatePurpose } = library.crypto_utils;
  const { privateKey } = await generateKeyPair(2048);
  const { cert } = await createSelfSignedCertificate({
    privateKey,
    subject: `CN=${APPLICATION}`,
    applicationUri: APPLICATION_URI,
    validity: 36_500,
    purpose: CertificatePurpose.ForApplication,
  });
  return keyPair(cert, (await privateKeyToPEM(privateKey)).privPem, library);
}

function keyPair(certificate: string, privateKey: string, { crypto_utils }: Library): KeyPair {
  const chain = certificatesIn(certificate).map(({ raw }) => raw);
  const pkcs8 = createPrivateKey(privateKey).export({ type: 'pkcs8', format: 'pem' }) as string;
  const key = crypto_utils.coercePEMorDerToPrivateKey(pkcs8);
  return { getCertificate: () => chain[0]!, getCertificateChain: () => chain, getPrivateKey: () => key };
}

export const APPLICATION = 'MaestroHub';
export const APPLICATION_URI = 'urn:maestrohub:client';

export type TransportFactory = NonNullable<NodeOpcUa.OPCUAClientOptions['transportFactory']>;

/** Transports over sockets that we connect. Whatever address the library wants to reach, it is these. */
export async function transportsOver(open: () => Promise<Socket>): Promise<TransportFactory> {
  const { ClientTransportBase } = await import('node-opcua-transport');

  class OutboundTransport extends ClientTransportBase {
    connect(endpointUrl: string, callback: (error?: Error) => void): void {
      this.endpointUrl = endpointUrl;
      this.serverUri = APPLICATION_URI;
      open().then((socket) => this.greet(socket, callback), callback);
    }

    private greet(socket: Socket, callback: (error?: Error) => void): void {
      this._install_socket(socket);
      this._perform_HEL_ACK_transaction((error) => {
        if (!error) {
          this._install_post_connect_error_handler(this.endpointUrl);
          this.emit('connect');
        }
        callback(error);
      });
    }
  }
  return { create: (settings) => new OutboundTransport(settings) };
}
