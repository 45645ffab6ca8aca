import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import { withLogFields } from '../logging';
import type { AuthenticatedRequest } from './access';

/** Opens the tenant's context around the handler: its log lines name organization and user. */
@Injectable()
export class OrganizationInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (!caller) return next.handle();
    const organizationId = 'organizationId' in caller ? caller.organizationId : undefined;
    return new Observable((subscriber) =>
      withLogFields({ organizationId, userId: caller.userId }, () => next.handle().subscribe(subscriber)),
    );
  }
}
