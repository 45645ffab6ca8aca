import { ValidateBy } from 'class-validator';
import { isId } from '#kernel';

/** The top, where a query names a folder. */
export const ROOT = 'root';

/** The id of a folder, or `root`. */
export const IsPlace = (): PropertyDecorator =>
  ValidateBy({
    name: 'isPlace',
    validator: {
      validate: (value) => value === ROOT || isId(value),
      defaultMessage: () => `$property must be an id, or ${ROOT}`,
    },
  });

/** What a query means by the id of a folder: undefined for anywhere, null for the top. */
export const placeOf = (id: string | undefined): string | null | undefined => (id === ROOT ? null : id);
