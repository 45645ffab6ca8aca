'use strict';

/* Needs --openssl-legacy-provider. An S3 server with one bucket and one key pair: port, directory, bucket, access key id, secret. */

const S3rver = require('@20minutes/s3rver');
const { DUMMY_ACCOUNT } = require('@20minutes/s3rver/lib/models/account');
const v4 = require('@20minutes/s3rver/lib/signature/v4');

const [port, directory, bucket, accessKeyId, secretAccessKey] = process.argv.slice(2);

// Signed is the path as it is sent. This server knows that of a bucket without the slash at its end alone.
const { getStringToSign } = v4;
v4.getStringToSign = (request, signature) => {
  const isBucket = request.uri.lastIndexOf('/') === 0;
  return getStringToSign({ ...request, uri: isBucket ? `${request.uri}/` : request.uri }, signature);
};

DUMMY_ACCOUNT.createKeyPair(accessKeyId, secretAccessKey);
const options = { address: '127.0.0.1', port: Number(port), directory, silent: true };
void new S3rver({ ...options, configureBuckets: [{ name: bucket }] }).run();
