/** Read when the first password is chosen: 49,000 words, some 4 MB of memory from then on. */
let words: Promise<ReadonlySet<string>> | undefined;

/** The passwords that people choose most, in lower case. */
export const commonPasswords = (): Promise<ReadonlySet<string>> => (words ??= load());

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common']);
}
