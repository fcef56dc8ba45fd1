/**
 * Style of the documentation page: one column of text, one of navigation, both colour
 * schemes, no scripts and no fonts from elsewhere.
 *
 * @module
 */

/** The sheet, inlined and allowed by its hash alone. */
export const DOCS_STYLE = `
:root{color-scheme:light dark;--ink:#1d2433;--soft:#5b6478;--line:#e3e6ee;--page:#fff;--panel:#f6f7fb;--accent:#3d4fd8;--get:#0b7a53;--post:#3d4fd8;--warn:#9a5b00}
@media(prefers-color-scheme:dark){:root{--ink:#e4e8f2;--soft:#9aa4bb;--line:#2b3244;--page:#12151d;--panel:#1a1f2b;--accent:#97a3ff;--get:#4cc894;--post:#97a3ff;--warn:#e0a95a}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:1.5rem}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}
code,pre{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;font-size:.9em}
.frame{display:grid;grid-template-columns:17.5rem minmax(0,1fr);max-width:80rem;margin:0 auto}
nav{position:sticky;top:0;align-self:start;height:100vh;overflow-y:auto;padding:2rem 1.25rem;border-right:1px solid var(--line);font-size:.86rem}
nav strong{display:block;margin:1.4rem 0 .35rem;font-size:.72rem;letter-spacing:.07em;text-transform:uppercase;color:var(--soft)}
nav strong:first-of-type{margin-top:.8rem}
nav a{display:block;padding:.2rem .5rem;margin:0 -.5rem;border-radius:6px;color:var(--ink)}
nav a:hover{background:var(--panel);text-decoration:none}
nav .name{font-weight:650;font-size:1rem}
main{padding:2.6rem 3rem 6rem;min-width:0}
h1{margin:0 0 .5rem;font-size:2rem;line-height:1.2;letter-spacing:-.02em}
h2{margin:3.6rem 0 1rem;padding-bottom:.45rem;border-bottom:1px solid var(--line);font-size:1.35rem;letter-spacing:-.01em}
h3{margin:0;font-size:1.06rem;font-weight:650}
h4{margin:1.4rem 0 .45rem;font-size:.72rem;letter-spacing:.07em;text-transform:uppercase;color:var(--soft)}
p{margin:.5rem 0;max-width:44rem}.soft{color:var(--soft)}
section.route{margin:1.5rem 0;padding:1.35rem 1.5rem;border:1px solid var(--line);border-radius:12px}
section.route:target,tr:target td{background:var(--panel)}
.call{display:flex;flex-wrap:wrap;align-items:baseline;gap:.6rem;margin:.55rem 0}
.call code{font-size:1rem;overflow-wrap:anywhere}
.method{min-width:3.1rem;padding:.1rem .45rem;border-radius:5px;background:var(--get);color:var(--page);font-size:.7rem;font-weight:700;letter-spacing:.05em;text-align:center}
.method.post{background:var(--post)}
.chip{padding:.05rem .55rem;border:1px solid var(--line);border-radius:99px;color:var(--soft);font-size:.76rem;white-space:nowrap}
pre{margin:.4rem 0;padding:.9rem 1.05rem;overflow-x:auto;border-radius:8px;background:var(--panel);line-height:1.5}
.wide{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:.88rem}
th{padding:.35rem .8rem .35rem 0;text-align:left;font-weight:600;color:var(--soft);border-bottom:1px solid var(--line)}
td{padding:.42rem .8rem .42rem 0;vertical-align:top;border-bottom:1px solid var(--line)}
td code{white-space:nowrap}td .deep{color:var(--soft)}
tr:last-child td{border-bottom:0}
.said{font-size:1.06rem}
details{margin-top:.7rem}summary{cursor:pointer;color:var(--soft);font-size:.86rem}
.must{color:var(--warn);font-size:.76rem;margin-left:.4rem}
@media(max-width:56rem){.frame{display:block}nav{position:static;height:auto;max-height:40vh;border-right:0;border-bottom:1px solid var(--line);padding:1.25rem}main{padding:1.5rem 1.25rem 4rem}section.route{padding:1.1rem}}
@media print{nav{display:none}.frame{display:block}section.route{break-inside:avoid}}
`;
