import { ValidateBy } from 'class-validator';
import { isId } from '#kernel';

const fits = (value: unknown): boolean =>
  (typeof value === 'string' && value.length <= 200) || (typeof value === 'number' && Number.isFinite(value));

/** Each element a text of at most 200 characters or a number, none twice. */
export const IsTextOrNumber = (): PropertyDecorator =>
  ValidateBy({
    name: 'isTextOrNumber',
    validator: {
      validate: (values) => Array.isArray(values) && values.every(fits) && new Set(values).size === values.length,
      defaultMessage: () => '$property must be texts of at most 200 characters or numbers, each once',
    },
  });

/** Anything but nothing: a present null is a value. */
export const IsGiven = (): PropertyDecorator =>
  ValidateBy({
    name: 'isGiven',
    validator: { validate: (value) => value !== undefined, defaultMessage: () => '$property is required' },
  });

/** An id as we write them, in small letters. */
export const IsModelId = (): PropertyDecorator =>
  ValidateBy({
    name: 'isModelId',
    validator: {
      validate: (value) => typeof value === 'string' && isId(value) && value === value.toLowerCase(),
      defaultMessage: () => '$property must be the id of a model',
    },
  });
