import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from './password-rules';

/** A password as it is typed; longer than any can be, so that the rules speak of its length. */
export const IsPassword = (): PropertyDecorator => applyDecorators(IsString(), IsNotEmpty(), MaxLength(1_024));

/** One that is chosen: the rules of `passwordProblem` are checked by the service. */
export const IsNewPassword = ({ required = true } = {}): PropertyDecorator =>
  applyDecorators(
    IsPassword(),
    ApiProperty({ required, minLength: SHORTEST_PASSWORD, maxLength: LONGEST_PASSWORD, format: 'password' }),
  );

export class ChangePassword {
  /** @example "correct horse battery" */
  @IsPassword()
  currentPassword!: string;

  /**
   * 12–200 characters of any kind; not one of the most common passwords, nor made of your name, your e-mail address
   * or the product's name. @example "violet tractor hums at noon"
   */
  @IsNewPassword()
  newPassword!: string;
}
