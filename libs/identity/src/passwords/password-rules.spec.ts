import { commonPasswords } from './common-passwords';
import { normalPassword, passwordProblem } from './password-rules';

const owner = { email: 'petra.lindqvist@example.com', firstName: 'Petra', lastName: 'Lindqvist' };

const problem = async (password: string): Promise<string | undefined> =>
  passwordProblem(password, owner, await commonPasswords());

describe('passwordProblem', () => {
  it.each([
    'correct horse battery',
    'a long enough password',
    'nur Kleinbuchstaben',
    'größtes Geheimnis 🌡️',
    '123 456 789 0 42 17',
    'the horse of Petra Lindqvist',
    'k7mzp-4w2xd-9qhtn-b3yce-r8vfu',
    '🌡️🔧🏭🚚📦🔩⚙️🛢️💡🔌🧯',
    'x1'.repeat(2) + 'yz0 '.repeat(49),
  ])('takes %j', async (password) => {
    expect(await problem(password)).toBeUndefined();
  });

  it.each([
    ['elevenchars', 'must have at least 12 characters'],
    // Eleven characters that are composed of two each.
    ['größeäöüßöä'.normalize('NFD'), 'must have at least 12 characters'],
    ['💡🔌🔩🏭🚚📦', 'must have at least 12 characters'],
    ['abcdefgh'.repeat(26), 'must have at most 200 characters'],
    ['aaaaaaaaaaaaaaaa', 'must have at least 5 different characters'],
    ['121212121212', 'must have at least 5 different characters'],
    ['12345678901234', 'must not be a sequence of characters'],
    ['zyxwvutsrqponm', 'must not be a sequence of characters'],
    ['1qaz2wsx3edc', 'is one of the most common passwords'],
    ['QWERTY123456', 'is one of the most common passwords'],
    ['Password1234!', 'is one of the most common passwords'],
    ['passwordpassword', 'is one of the most common passwords'],
    ['petra.lindqvist@example.com', 'must be more than your name, your e-mail address or the name of the product'],
    ['Petra-Lindqvist-24', 'must be more than your name, your e-mail address or the name of the product'],
    ['MaestroHub2026!', 'must be more than your name, your e-mail address or the name of the product'],
  ])('refuses %j: it %s', async (password, reason) => {
    expect(await problem(password)).toBe(reason);
  });
});

it('normalPassword makes one of all ways to type it', () => {
  expect(normalPassword('ﬁne Größe'.normalize('NFD'))).toBe('fine Größe');
});
