import { applyDecorators } from '@nestjs/common';
import { IsNotEmpty, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';

/** A name as people give them: something visible, in one line, of at most so many characters. */
export const IsName = (max: number): PropertyDecorator =>
  applyDecorators(
    IsString(),
    IsNotEmpty(),
    MaxLength(max),
    Matches(/^\P{Cc}*$/u, { message: '$property must not contain control characters' }),
    Matches(/\S|^$/, { message: '$property must not be blank' }),
  );

/** A field that a change may leave out, but not empty: null counts as missing. */
export const OnlyIfGiven = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);
