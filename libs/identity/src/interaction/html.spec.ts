import { html } from './html';

describe('html', () => {
  it('escapes what it is given, in text and in attributes', () => {
    expect(html`<p title="${`"'`}">${'<b>&'}</p>`.text).toBe('<p title="&quot;&#39;">&lt;b&gt;&amp;</p>');
  });

  it('takes pieces as they are, and leaves out what is missing', () => {
    expect(
      html`<ul>
          ${[html`<li>${1}</li>`, html`<li>${2}</li>`]}
        </ul>
        ${undefined}${false}`.text,
    ).toBe('<ul><li>1</li><li>2</li></ul>');
  });
});
