import { html } from './html';

describe('html', () => {
  it('escapes what it is given, in text and in attributes', () => {
    expect(html`<p title="${`"'`}">${'<b>&'}</p>`.text).toBe('<p title="&quot;&#39;">&lt;b&gt;&amp;</p>');
  });

  it('takes pieces as they are, and leaves out what is missing', () => {
    const pieces = [html`<b>${1}</b>`, html`<i>${'&'}</i>`];
    expect(html`${pieces}${undefined}${false}${pieces[0]}`.text).toBe('<b>1</b><i>&amp;</i><b>1</b>');
  });
});
