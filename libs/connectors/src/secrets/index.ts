export { SECRET_MASK, SecretFields, type Secrets, type SplitConfig } from './secret-fields';
export { SecretMasking } from './secret-masking';
