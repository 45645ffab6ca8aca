/** The look of the pages: system fonts, light and dark, from 320 px on. Nothing is loaded from anywhere. */
export const STYLE = `
:root{color-scheme:light dark;--page:#eef1f5;--card:#fff;--text:#17202c;--soft:#4c5a6b;--line:#8593a5;--accent:#0b5cad;--on-accent:#fff;--error:#a8151f;--error-card:#fdecee}
@media (prefers-color-scheme:dark){:root{--page:#10161e;--card:#1a232e;--text:#eef2f7;--soft:#b1bdcb;--line:#75859a;--accent:#7ab8ff;--on-accent:#0a1724;--error:#ffa6ad;--error-card:#38191d}}
*{box-sizing:border-box}
html{font:100%/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;background:var(--page);color:var(--text)}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;padding:1rem}
header,main,footer{width:100%;max-width:26rem}
header{padding:2rem 0 1rem;font-weight:700;font-size:1.125rem;letter-spacing:.01em}
header span{color:var(--accent)}
main{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.5rem}
footer{padding:1rem 0;color:var(--soft);font-size:.875rem}
h1{font-size:1.375rem;line-height:1.25;margin:0 0 .5rem}
h2{font-size:1rem;margin:1rem 0 .25rem}
p{margin:0 0 1rem;overflow-wrap:anywhere}
.soft{color:var(--soft)}
.place{margin-top:1rem}
label{display:block;font-weight:600;margin-bottom:.25rem}
input{display:block;width:100%;font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.625rem .75rem;margin-bottom:1rem}
input[aria-invalid=true]{border:2px solid var(--error)}
button,.button{display:block;width:100%;font:inherit;font-weight:600;text-align:center;text-decoration:none;border-radius:.5rem;padding:.625rem .75rem;margin:.5rem 0 0;border:1px solid var(--accent);cursor:pointer;background:transparent;color:var(--accent)}
button.main{background:var(--accent);color:var(--on-accent)}
button:hover,.button:hover{text-decoration:underline}
a{color:var(--accent)}
:focus-visible,.error:focus{outline:3px solid var(--accent);outline-offset:2px}
.error{border:2px solid var(--error);background:var(--error-card);border-radius:.5rem;padding:.75rem;margin:0 0 1rem}
.error h2{margin:0;color:var(--error)}
.error p{margin:0}
.or{margin:1.25rem 0 .5rem;text-align:center;color:var(--soft)}
ul{margin:0;padding-left:1.25rem}
li{margin:.125rem 0;overflow-wrap:anywhere}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.875em}
@media (forced-colors:active){main,input,.error{border-color:CanvasText}}
`;
