/**
 * A stylesheet without line breaks and with one-letter custom properties: every byte of it travels with every page. The
 * sheets of one page share `names`.
 */
function compact(sheet: string, names: Map<string, string>): string {
  return sheet.replace(/\s*\n\s*/g, '').replace(/--[a-z]+/g, (name) => {
    const short = names.get(name) ?? `--${String.fromCharCode(97 + names.size)}`;
    names.set(name, short);
    return short;
  });
}

const names = new Map<string, string>();

/**
 * The stylesheet of every page. Fonts are the system's; colours keep 4.5:1 for text and 3:1 for controls in both schemes
 * (WCAG 2.2, 1.4.3 and 1.4.11), and none of them says anything that a sign or a word does not say too.
 */
export const stylesheet = compact(
  `
:root{color-scheme:light dark;
--paper:#faf8f3;--card:#fffefb;--ink:#1d2625;--soft:#56615f;--line:#dedacf;--edge:#77817f;--accent:#0b5c4d;--on:#fff;--tint:#e8f1ed;--warn:#8c3a0e;--wash:#fbf0e4;--bad:#a1211c;
--serif:Charter,"Iowan Old Style",Cambria,Georgia,serif;
--sans:-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
@media(prefers-color-scheme:dark){:root{
--paper:#131817;--card:#1a201f;--ink:#e9e6df;--soft:#a8b3b0;--line:#343d3b;--edge:#84908d;--accent:#82d2bb;--on:#0c1a16;--tint:#1d2c28;--warn:#f2b285;--wash:#2a211a;--bad:#ff9d94}}
*{box-sizing:border-box}
b,label,ins,tbody th,.facts dd,.eyebrow,.error{font-weight:600}
small,dt,q,del,footer,thead th,h1 span,.context,.count,.sign,.fine{color:var(--soft)}
body{margin:0 auto;max-width:66rem;padding:0 1rem 3rem;background:var(--paper);color:var(--ink);font:1rem/1.55 var(--sans);overflow-wrap:anywhere}
.top{display:flex;align-items:center;gap:.55rem;padding:.9rem 0;border-bottom:1px solid var(--line)}
.mark{flex:none;fill:none;stroke:var(--accent);stroke-width:2.2;stroke-linecap:round;stroke-linejoin:round}
.wordmark{font:600 1.15rem/1 var(--serif)}
.context{margin-left:auto;font-size:.875rem;line-height:1.3;text-align:right}
h1,h2,legend{font:600 1.3rem/1.2 var(--serif);margin:0 0 .5rem;text-wrap:balance}
h1{font-size:clamp(1.8rem,1.4rem + 1.8vw,2.5rem);letter-spacing:-.012em;margin:.2rem 0 .6rem}
h1 bdi{color:var(--ink)}
p{margin:0 0 .75rem}
a{color:var(--accent);text-underline-offset:.15em}
code{font:.86em/1.4 ui-monospace,Menlo,Consolas,monospace}
small{display:block;font-size:.875rem;font-weight:400}
section,p+h2{margin-top:2rem}
.head{padding-top:1.75rem}
.eyebrow{color:var(--accent);margin:0}
.lead{font-size:1.125rem;max-width:40rem}
.note{background:var(--tint);border-left:4px solid var(--accent);padding:.7rem .9rem;max-width:40rem}
dl,dd{margin:0}
dt,.eyebrow,.fine,footer{font-size:.9375rem}
.facts{display:flex;flex-wrap:wrap;gap:.9rem 3rem;margin:1.25rem 0 .75rem;padding:.9rem 0;border:solid var(--line);border-width:1px 0}
.due dd{font-size:1.125rem}
.terms dl{border-top:1px solid var(--line)}
.terms dl>div{padding:.6rem .75rem;border-bottom:1px solid var(--line)}
.terms b{font-variant-numeric:tabular-nums}
.terms .differs{background:var(--wash);border-left:4px solid var(--warn);padding-left:.5rem}
em{color:var(--warn);font:600 .875rem var(--sans);white-space:nowrap;margin-left:.35rem}
blockquote{margin:0;padding-left:1rem;border-left:2px solid var(--edge);font:1.0625rem/1.6 var(--serif);white-space:pre-line;max-width:40rem}
main ul{list-style:none;margin:0;padding:0}
.plain li{padding:.2rem 0}
.seats li,.points li{display:flex;gap:.7rem;padding:.5rem 0;border-top:1px solid var(--line)}
.sign{flex:none;width:1.6rem;height:1.6rem;border:1.5px solid;border-radius:50%;text-align:center;font:600 .875rem/1.4rem var(--sans)}
.approved .sign{color:var(--accent)}
.rejected .sign,.changes-requested .sign,.missed .sign{color:var(--warn)}
q{display:block;font-family:var(--serif);white-space:pre-line}
.points b{flex:none;min-width:2.2rem;text-align:right}
.next{border-top:1px solid var(--line);padding-top:.6rem}
table{border-collapse:collapse;width:100%}
th,td{border-bottom:1px solid var(--line);padding:.5rem .6rem .5rem 0;text-align:left;vertical-align:top}
thead th{font-weight:400;font-size:.875rem}
ins{text-decoration:none}
.decide{margin-top:2.25rem}
form{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1.25rem 1rem}
fieldset{border:0;margin:0;padding:0;min-width:0}
legend{padding:0}
.option{position:relative;display:grid;grid-template-columns:auto 1fr;gap:0 .75rem;align-items:center;border:1px solid var(--edge);border-radius:8px;padding:.7rem .85rem;margin-bottom:.6rem}
.option label::after{content:"";position:absolute;inset:0;cursor:pointer}
.option small{grid-column:2}
.option:has(:checked){background:var(--tint);border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
[type=radio]{width:1.3rem;height:1.3rem;margin:0;accent-color:var(--accent)}
.field{margin:1rem 0}
textarea{display:block;width:100%;margin-top:.4rem;padding:.6rem;border:1px solid var(--edge);border-radius:8px;background:var(--paper);color:inherit;font:inherit;resize:vertical}
button,.button{display:inline-block;border:1px solid transparent;border-radius:8px;background:var(--accent);color:var(--on);font:600 1.0625rem/1.3 var(--sans);padding:.8rem 1.5rem;text-decoration:none;cursor:pointer}
:focus-visible,.option:focus-within{outline:3px solid var(--accent);outline-offset:3px}
.option :focus-visible{outline:0}
.problem{border:2px solid var(--bad);border-radius:8px;padding:.8rem .9rem;margin-bottom:1.25rem}
.problem a,.error{color:var(--bad)}
.error{margin:.25rem 0 .5rem}
.invalid .option,.invalid textarea{border:2px solid var(--bad)}
.fine{margin:.9rem 0 0}
footer{border-top:1px solid var(--line);margin-top:2.5rem;padding-top:.9rem}
article:not(.ask){max-width:46rem}
.all{flex-basis:100%}
@media(max-width:40rem){button{width:100%}.due{flex-basis:100%}}
@media(min-width:40rem){
.terms dl>div{display:grid;grid-template-columns:11rem 1fr;gap:0 1rem}
form{padding:1.5rem}}
@media(min-width:60rem){
.ask{display:grid;grid-template:auto auto 1fr/minmax(0,1fr) 20rem;gap:0 3.5rem}
.ask .head{grid-column:1/-1}
.aside{grid-area:2/2/4}
.jump{display:none}}
@media print{:root{--paper:#fff;--card:#fff;--ink:#000;--soft:#333;--accent:#000;--warn:#000;--bad:#000;--wash:#fff;--tint:#fff}
body{font-size:10.5pt}li,.option,dl>div{break-inside:avoid}button,.jump{display:none}}
`,
  names,
);

/** What the page adds that asks for a mailed code. */
export const codeStylesheet = compact(
  `
#code{display:block;width:100%;max-width:12rem;margin-top:.4rem;padding:.6rem;border:1px solid var(--edge);border-radius:8px;background:var(--paper);color:inherit;font:1.5rem var(--sans);letter-spacing:.15em}
.invalid #code{border:2px solid var(--bad)}
.second{background:none;border-color:var(--edge);color:var(--accent);margin-top:.75rem}
@media(min-width:40rem){.second{margin-left:.6rem}}
`,
  names,
);

/** What the page adds on which a handoff is answered. The fields of an answer show once it is chosen. */
export const answerStylesheet = compact(
  `
.under{border-left:2px solid var(--edge);margin:0 0 1rem .6rem;padding-left:1rem}
.under .field{margin:.6rem 0}
.option:not(:has(:checked))+.under{display:none}
.field input:not([type=checkbox]),select{display:block;width:100%;margin-top:.4rem;padding:.6rem;border:1px solid var(--edge);border-radius:8px;background:var(--paper);color:inherit;font:inherit}
.check{display:grid;grid-template-columns:auto 1fr;gap:0 .75rem;align-items:center}
.check>:not(input,label){grid-column:2}
[type=checkbox]{width:1.3rem;height:1.3rem;margin:0;accent-color:var(--accent)}
.field.invalid input,.invalid select{border:2px solid var(--bad)}
`,
  names,
);

/** What operators' pages add: wide tables, and the drawing of a state machine. */
export const operatorStylesheet = compact(
  `
.wide{max-width:84rem}
h3{font-size:1rem;margin:0 0 .35rem}
.scroll{overflow-x:auto}
.wide table{min-width:40rem;overflow-wrap:normal}
.wide .list{min-width:62rem}
.wide td,.wide th{padding-right:1.25rem}
.counts{display:flex;flex-wrap:wrap;gap:.75rem 2.25rem;margin-top:1rem}
.counts div{display:flex;flex-direction:column-reverse}
.counts dd{font:600 1.75rem/1.1 var(--serif);font-variant-numeric:tabular-nums}
.state,.posture{white-space:nowrap;font-weight:600}
.state.waiting,.state.open,.state.held,.posture.elevated{color:var(--warn)}
.state.succeeded,.state.approved,.state.pass,.posture.normal{color:var(--accent)}
.state.failed,.state.fail,.state.rejected,.posture.critical{color:var(--bad)}
.empty{border:1px dashed var(--edge);border-radius:8px;padding:2rem 1rem;text-align:center}
.unmet th,.unmet td{color:var(--soft)}
.unmet th{font-weight:400}
.drawing{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.5rem}
.graph{display:block;margin:0 auto}
.graph text{font:600 13px var(--sans);text-anchor:middle;fill:var(--ink)}
.graph .type{font-size:11px;font-weight:400;fill:var(--soft)}
.graph .label{font-size:11px;font-weight:400;fill:var(--soft);paint-order:stroke;stroke:var(--card);stroke-width:4px}
.graph .order{font-size:11px;fill:var(--on)}
.box{fill:var(--card);stroke:var(--edge)}
.badge{fill:var(--accent)}
.seen .box{stroke:var(--accent);stroke-width:1.8}
.here .box{fill:var(--wash);stroke:var(--warn);stroke-width:3}
.here .badge{fill:var(--warn)}
.edge path{fill:none;stroke:var(--edge);stroke-width:1.1}
.edge .tip{fill:var(--edge);stroke:none}
.catch path{stroke-dasharray:3 4;stroke:var(--soft);opacity:.7}
.edge.taken path{stroke:var(--accent);stroke-width:2.4;opacity:1;stroke-dasharray:none}
.edge.taken .tip{fill:var(--accent)}
.scroll+p{margin-top:.9rem}
.path{display:flex;flex-wrap:wrap;gap:.25rem 2rem;margin:.9rem 0 0;padding-left:1.4rem;font-size:.9375rem}
.stages{list-style:none;margin:.75rem 0 0;padding:0}
.stages>li{border-left:2px solid var(--line);padding:0 0 1.25rem 1.1rem}
.levels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));gap:1rem 2rem;margin-top:.5rem}
.level h3 .state{margin-left:.4rem;font-size:.875rem}
`,
  names,
);
