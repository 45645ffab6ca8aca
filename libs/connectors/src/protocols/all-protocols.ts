import { RestProtocol } from './rest/rest.protocol';
import { S3Protocol } from './s3/s3.protocol';

/** The protocols that come with the product. */
export const ALL_PROTOCOLS = [RestProtocol, S3Protocol];
