/** The stylesheet of the report. Colours keep 4.5:1 for text in both schemes, and each says something that a word says too. */
export const stylesheet = `
:root{color-scheme:light dark;--paper:#faf8f3;--card:#fffefb;--ink:#1d2625;--soft:#56615f;--line:#dedacf;--accent:#0b5c4d;--warn:#8c3a0e;--tail:#b4532a;--plain:#1d2625}
@media(prefers-color-scheme:dark){:root{--paper:#131817;--card:#1a201f;--ink:#e9e6df;--soft:#a8b3b0;--line:#343d3b;--accent:#82d2bb;--warn:#f2b285;--tail:#e08a5c;--plain:#e9e6df}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:1rem;background:var(--paper);color:var(--ink);font:1rem/1.5 -apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
h1,h2,h3{font-family:Charter,"Iowan Old Style",Cambria,Georgia,serif;line-height:1.2;margin:0 0 .4rem}
h2{margin-top:2rem;border-top:1px solid var(--line);padding-top:1rem}
h3{margin-top:1.25rem;font-size:1.15rem}
h4{margin:0 0 .3rem;font-size:.875rem;color:var(--soft);text-transform:capitalize}
p{margin:0 0 .6rem}
.fine,small,figcaption,.none,th{color:var(--soft);font-size:.875rem}
small{display:block}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(14rem,1fr));gap:.75rem 1.5rem;margin:1rem 0}
dt{color:var(--soft);font-size:.875rem}
dd{margin:0;font-size:1.1rem;font-weight:600;font-variant-numeric:tabular-nums}
ul{list-style:none;margin:0;padding:0}
.week{display:grid;grid-template-columns:1fr;gap:.5rem;margin-bottom:.75rem}
.day{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.5rem .6rem}
.day li{border-left:3px solid var(--line);padding:.1rem 0 .1rem .5rem;margin-bottom:.35rem;font-size:.9375rem}
.day .rescue,.day .renewal{border-color:var(--tail)}
.day .onboarding{border-color:var(--accent)}
b{font-variant-numeric:tabular-nums;font-weight:600}
em{color:var(--warn);font-style:normal;font-weight:600}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line)}
figure{margin:0}
svg{display:block;width:100%;max-width:48rem;height:auto}
text{fill:var(--soft);font-size:13px}
.end{text-anchor:end}
rect.usual{fill:var(--accent)}
rect.tail{fill:var(--tail)}
.plain{stroke:var(--plain);stroke-width:2.5}
.mean{stroke:var(--ink);stroke-dasharray:2 4}
.axis{stroke:var(--line)}
.key{display:inline-block;width:.8rem;height:.8rem;margin-left:.6rem;background:var(--accent)}
.tailkey{background:var(--tail)}
.plainkey{height:.2rem;vertical-align:middle;background:var(--plain)}
code{font:.8rem/1.4 ui-monospace,Menlo,Consolas,monospace}
@media screen and (max-width:47.99rem){dl{grid-template-columns:1fr 1fr}.empty{display:none}text{font-size:22px}thead{display:none}tr{display:block;padding:.4rem 0;border-bottom:1px solid var(--line)}td{display:block;border:0;padding:0}td::before{content:attr(data-name) ": ";color:var(--soft);font-size:.875rem}}
@media(min-width:48rem){.week{grid-template-columns:repeat(auto-fit,minmax(8rem,1fr))}}
@media print{:root{--paper:#fff;--card:#fff;--ink:#000;--soft:#333}body{max-width:none;padding:0;font-size:9.5pt}.week{grid-template-columns:repeat(auto-fit,minmax(3.2cm,1fr))}article,tr,figure,.day{break-inside:avoid}h2,h3{break-after:avoid}}
`;
