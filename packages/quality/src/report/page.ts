import { dayOf } from "./day.ts"
import { direction } from "./direction.ts"
import { execution } from "./execution.ts"
import { Figures, type ReportFigure } from "./figure.ts"
import { impact } from "./impact.ts"
import { type ChainedPartition, textHash } from "./manifest.ts"
import { list, Markup, markup, paragraph, table } from "./markup.ts"
import type { ReportContext } from "./context.ts"
import { notKnown, type PartWriter } from "./part.ts"
import { scoreDrawing, scoreLines } from "./score.ts"
import { labelled, type ReportSource } from "./source.ts"
import { style } from "./style.ts"
import { scoring } from "./weights.ts"

/** One hash over the chains of all partitions: what the page calls the fingerprint of the log. */
export const fingerprintOf = (partitions: ReadonlyArray<ChainedPartition>): string =>
  textHash(JSON.stringify(partitions.map(({ topic, partition, end, hash }) => [topic, partition, end, hash])))

const parts = [
  ["direction", "Direction", "What we are for, and who leads us there."],
  ["execution", "Execution", "What is done, every day, to get there."],
  ["impact", "Impact", "What comes of it, and for whom."]
] as const

const cards = async (writer: PartWriter): Promise<Markup> =>
  markup`<div class="cards">
${await Promise.all(
  parts.map(async ([part, title, words]) => {
    const lines = await scoreLines(writer, part)
    return markup`<div class="card"><h3><a href="#${part}">${title}</a></h3>
${paragraph(words)}${lines.length === 0 ? paragraph("No score: no standard has been assessed.") : lines.map((line) => paragraph(line))}</div>
`
  })
)}</div>
`

const simulatedNote = ({ source, figures }: PartWriter): Markup => {
  const { units, measures, of } = source.simulated
  if (units + measures === 0) return markup``
  return markup`<p class="note">Some of what this report rests on was made up by a computer to show how the system works: ${figures.of("simulated:units", units)} of ${figures.of("units", of)} units and ${figures.of("simulated:measures", measures)} measures. Each is labelled <span class="simulated">simulated</span> wherever it shows; nothing so labelled says anything about real people.</p>
`
}

const verification = ({ source, figures }: PartWriter, { partitions, versions }: ReportContext): Markup => {
  const records = partitions.reduce((sum, one) => sum + one.records, 0)
  return markup`<section aria-labelledby="verify">
<h2 id="verify">How to check this report</h2>
${paragraph(
  markup`Every figure on this page was computed from ${figures.of("log:records", records)} records on the log of this organisation, by published rules, and none was typed in. Whoever may read that log can compute all of it again and have every figure compared:`
)}
<pre><code>plimsoll report verify DIR</code></pre>
${paragraph("DIR is the folder with this page. The command names each figure that does not hold, and each part of the log that has been changed since. Beside this page lies ", markup`<a href="pack/methods.md">the pack for regulators</a>`, ": every relation as Parquet and as JSON, the rules and formulas, and a manifest that says how far the log was read.")}
${table(
  "What this report was made from",
  ["What", "Which"],
  [
    ["Organisation", source.about.get("organisation") ?? ""],
    [
      "Day of the report",
      source.about.has("clock") ? dayOf(source.about.get("clock")) : "nobody has told the day"
    ],
    ["Time zone of days, weeks and months", source.about.get("zone") ?? ""],
    ["Log", markup`<code>${source.about.get("log")}</code>`],
    [
      "Fingerprint of the log up to here",
      markup`<code>${figures.of("log:fingerprint", fingerprintOf(partitions), fingerprintOf(partitions))}</code>`
    ],
    [
      "Made by",
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", ")
    ]
  ]
)}</section>
`
}

/** The name of the highest unit, where there is one; else what the topics call the organisation. */
const nameOf = async (source: ReportSource): Promise<string> => {
  const roots = await source.rows(
    "SELECT name FROM plimsoll.microsystem WHERE parent IS NULL ORDER BY id LIMIT 2"
  )
  return roots.length === 1 ? String(roots[0]!["name"]) : (source.about.get("organisation") ?? "")
}

/** A page, and every figure on it. */
export interface ReportPage {
  readonly html: string
  readonly figures: ReadonlyArray<ReportFigure>
}

/** `index.html` of a report: one file, no script, nothing from elsewhere. The same source and context give the same bytes. */
export const reportPage = async (source: ReportSource, context: ReportContext): Promise<ReportPage> => {
  const figures = new Figures()
  const writer: PartWriter = { source, figures }
  const organisation = await nameOf(source)
  const clock = source.about.get("clock")
  const whole = await scoreLines(writer, null)
  const html = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Assurance report: ${organisation}${clock === undefined ? "" : `, ${clock}`}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#main">To the report</a>
<header>
<p class="label">Assurance report${clock === undefined ? "" : markup`, as of ${dayOf(clock)}`}</p>
<h1>${labelled(organisation)}</h1>
${paragraph(markup`<span class="lead">How good is what we do, how do we know, and what do we not know?</span>`)}
</header>
<nav aria-label="Parts of this report">
<ul>${[...parts.map(([id, title]) => [id, title] as const), ["scoring", "How the score is made"] as const, ["verify", "How to check this report"] as const].map(([id, title]) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul>
</nav>
<main id="main">
<section aria-labelledby="short">
<h2 id="short">In short</h2>
${simulatedNote(writer)}${whole.length === 0 ? "" : list(whole)}${await cards(writer)}${await scoreDrawing(writer)}${await notKnown(writer, null, [])}</section>
${await direction(writer)}${await execution(writer)}${await impact(writer)}${await scoring(writer)}${verification(writer, context)}</main>
<footer>
${paragraph("Figures are rounded for reading; the pack has them in full. A figure that would tell of fewer people than may be told of is left out, wherever it could be worked out too.")}
</footer>
</body>
</html>
`
  return { html: html.text, figures: figures.all }
}
