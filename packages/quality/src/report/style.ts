/** The style of the page: dark ink on white, figures in columns, nothing told by colour alone, and it prints. */
export const style = `
:root { --ink: #1a1f24; --quiet: #4a545e; --line: #c3cad1; --ground: #f3f5f7; --sea: #0b4f6c; --concern: #8a3b00; --good: #175c3a }
* { box-sizing: border-box }
html { font: 17px/1.55 Georgia, "Times New Roman", serif; color: var(--ink); background: #fff; -webkit-text-size-adjust: 100% }
body { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem }
header, main, footer, nav { display: block }
h1, h2, h3, h4, th, caption, .label, nav, .card, .simulated { font-family: system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif }
h1 { font-size: 2.1rem; line-height: 1.15; margin: .5rem 0 .25rem }
h2 { font-size: 1.6rem; line-height: 1.2; margin: 3.2rem 0 .4rem; padding-top: 1rem; border-top: 4px solid var(--sea) }
h3 { font-size: 1.15rem; margin: 2rem 0 .3rem }
h4 { font-size: 1rem; margin: 1.4rem 0 .2rem }
.big { font-size: 1.3rem }
p, ul { margin: .5rem 0 .8rem; max-width: 44rem }
ul { padding-left: 1.2rem }
li { margin: .2rem 0 }
a { color: var(--sea) }
a:focus-visible, .wide:focus-visible { outline: 3px solid var(--sea); outline-offset: 2px }
.lead { font-size: 1.1rem; color: var(--quiet) }
.skip { position: absolute; left: -999rem }
.skip:focus { left: 1rem; top: 1rem; background: #fff; padding: .5rem 1rem }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; list-style: none; padding: .6rem 0; margin: 1rem 0; max-width: none; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line) }
nav li { margin: 0 }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem; margin: 1.2rem 0 }
.card { border: 1px solid var(--line); border-top: 4px solid var(--sea); padding: .8rem 1rem 1rem; font-size: .95rem }
.card h3 { margin: 0 0 .3rem }
.card p { margin: .3rem 0 }
.card .big { font-size: 1.9rem; line-height: 1.2; font-variant-numeric: tabular-nums }
.unknown { border: 1px solid var(--line); border-left: 6px solid var(--concern); background: var(--ground); padding: .2rem 1rem .6rem; margin: 1.6rem 0 }
.unknown h3 { margin-top: .8rem }
.note { background: var(--ground); padding: .6rem 1rem; border-left: 6px solid var(--sea); max-width: 44rem }
.simulated { font-size: .72rem; letter-spacing: .02em; border: 1px dashed var(--concern); color: var(--concern); background: #fff; padding: 0 .35em; border-radius: 2px; white-space: nowrap }
.concern { color: var(--concern); font-weight: 600 }
.improvement { color: var(--good); font-weight: 600 }
.wide { overflow-x: auto; margin: 1rem 0 1.4rem }
table { border-collapse: collapse; width: 100%; font-size: .88rem; line-height: 1.4; font-variant-numeric: tabular-nums }
caption { text-align: left; font-weight: 600; font-size: .95rem; padding: .2rem 0 .5rem }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem .4rem 0; border-bottom: 1px solid var(--line) }
thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom; font-size: .82rem }
tbody th { font-weight: 500 }
time { white-space: nowrap }
data { font-variant-numeric: tabular-nums }
code { font-size: .85em; overflow-wrap: anywhere }
pre { overflow-x: auto; background: var(--ground); padding: .7rem 1rem; font-size: .85rem }
figure { margin: 1rem 0 1.4rem }
figure svg { display: block; width: 100%; height: auto; max-width: 46rem }
figcaption { font-size: .85rem; color: var(--quiet) }
footer { margin-top: 3rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: .88rem }
@media print {
  @page { margin: 16mm 14mm }
  html { font-size: 10.5pt }
  body { max-width: none; padding: 0 }
  nav, .skip { display: none }
  a { color: inherit; text-decoration: none }
  h2 { break-before: page; margin-top: 0 }
  h1, h2, h3, caption, thead { break-after: avoid }
  tr, figure, .card, .unknown, .note { break-inside: avoid }
  .wide { overflow: visible }
}
`
