import { ValidateBy } from 'class-validator';

const MOST_LABELS = 10;
const KEY = /^[\w./-]{1,63}$/;

const isLabel = ([key, value]: [string, unknown]): boolean =>
  KEY.test(key) && typeof value === 'string' && value.length <= 200 && !/\p{Cc}/u.test(value);

/** Keys with values, both texts. */
export const IsLabels = (): PropertyDecorator =>
  ValidateBy({
    name: 'isLabels',
    validator: {
      validate: (labels: unknown) => {
        if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) return false;
        const entries = Object.entries(labels);
        return entries.length <= MOST_LABELS && entries.every(isLabel);
      },
      defaultMessage: () =>
        `$property must be at most ${MOST_LABELS} texts of 200 characters under keys of 63 letters, digits and . / _ -`,
    },
  });
