import { type HttpException } from '@nestjs/common';
import { DomainError } from '#kernel';

/** The framework's own refusals (unknown route, malformed address) in the words of the contract. */
export function translateHttpError(error: HttpException): DomainError | HttpException {
  switch (error.getStatus()) {
    case 400:
      return new DomainError('bad_request', error.message);
    case 404:
    case 405:
      return new DomainError('not_found', 'Route not found');
    case 413:
      return new DomainError('payload_too_large', error.message);
    default:
      return error;
  }
}
