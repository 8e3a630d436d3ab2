import { figureText } from "../figure-text.ts"
import { tableText } from "../table-text.ts"
import type { Plan, PlanLine } from "./plan-read.ts"

const figure = (value: unknown): string =>
  typeof value === "number" ? figureText(Number(value.toPrecision(3)), "") : ""

const headings: ReadonlyArray<{
  readonly section: PlanLine["section"]
  readonly heading: string
  readonly none: string
}> = [
  { section: "do", heading: "What we will take on", none: "Nothing is chosen." },
  { section: "goal", heading: "Goals", none: "There is no goal with a need and a measured baseline." },
  { section: "not", heading: "What we will not do, and why", none: "Nothing is left out." },
  { section: "mind", heading: "What does not hold together", none: "Nothing was found." }
]

/** `24 cases a year fewer (20 to 28)`; undefined where nothing is expected. */
const impactText = ({
  section,
  avoided,
  avoided_low: low,
  avoided_high: high
}: PlanLine): string | undefined =>
  avoided === null || avoided <= 0
    ? undefined
    : `${section === "goal" ? "Once reached" : "Expected"}: ${figure(avoided)} cases a year fewer${
        low === null || high === null ? ", with no interval" : ` (${figure(low)} to ${figure(high)})`
      }.`

const leadText = ({ capacity, effort }: Plan): string =>
  capacity === null
    ? "No capacity has been said, so nothing is chosen."
    : `Of a capacity of ${figure(capacity)}, ${figure(effort)} is used.`

const dayText = (plan: Plan): string => (plan.day === null ? "The plan" : `The plan as of ${plan.day}`)

const weightColumns = [
  "issue",
  "burden",
  "preventability",
  "equity",
  "confidence",
  "effort",
  "score",
  "first three",
  "in the plan"
] as const

const weightRows = (plan: Plan): ReadonlyArray<ReadonlyArray<string>> =>
  plan.weights.map((row) => [
    String(row["issue"]),
    ...["burden", "preventability", "equity", "confidence", "effort", "score"].map((name) =>
      figure(row[name])
    ),
    figureText(Number(row["top_three_share"]), "%"),
    row["chosen"] === true ? "yes" : "no"
  ])

const weighed =
  "Score = burden × preventability × equity × confidence / effort. First three: the share of 1,000 draws of the weights, each between 75 and 125 % of its own."

/** The plan for a terminal. */
export const planText = (plan: Plan): string =>
  [
    `${dayText(plan)}. ${leadText(plan)}`,
    ...headings.flatMap(({ section, heading, none }) => {
      const lines = plan.lines.filter((line) => line.section === section)
      return [
        "",
        heading,
        ...(lines.length === 0 ? [`  ${none}`] : []),
        ...lines.flatMap((line) => [
          `  ${line.kind} ${line.id} · ${line.title} (${line.microsystem})`,
          ...[line.words, impactText(line)].flatMap((text) => (text === undefined ? [] : [`    ${text}`]))
        ])
      ]
    }),
    ...(plan.weights.length === 0
      ? []
      : ["", "How it was weighed", tableText(weightColumns, weightRows(plan)), weighed])
  ].join("\n")

const plainMarkdown = (text: string): string =>
  text.replaceAll(/\p{Cc}+/gu, " ").replaceAll(/[\\`*_[\]<>#|~]/g, String.raw`\$&`)

/** The plan as Markdown. */
export const planMarkdown = (plan: Plan): string => {
  const row = (cells: ReadonlyArray<string>) => `| ${cells.map(plainMarkdown).join(" | ")} |`
  return `${[
    `# ${dayText(plan)}`,
    "",
    leadText(plan),
    ...headings.flatMap(({ section, heading, none }) => {
      const lines = plan.lines.filter((line) => line.section === section)
      return [
        "",
        `## ${heading}`,
        "",
        ...(lines.length === 0 ? [none] : []),
        ...lines.map((line) =>
          [
            `- **${plainMarkdown(line.title)}** (${line.kind} ${plainMarkdown(line.id)}, ${plainMarkdown(line.microsystem)}).`,
            plainMarkdown(line.words),
            impactText(line)
          ]
            .filter((text) => text !== undefined)
            .join(" ")
        )
      ]
    }),
    ...(plan.weights.length === 0
      ? []
      : [
          "",
          "## How it was weighed",
          "",
          row(weightColumns),
          row(weightColumns.map(() => "---")),
          ...weightRows(plan).map(row),
          "",
          weighed
        ])
  ].join("\n")}\n`
}

const codes: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}
const plainHtml = (text: string): string =>
  text.replaceAll(/\p{Cc}+/gu, " ").replaceAll(/[&<>"']/g, (character) => codes[character]!)

const style = `
html { font: 15px/1.45 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; color: #1a1f24; background: #fff }
body { max-width: 56rem; margin: 0 auto; padding: 1.2rem }
h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.1rem; margin: 1.2rem 0 .3rem; border-top: 3px solid #0b4f6c; padding-top: .4rem }
ul { padding-left: 1.1rem; margin: .3rem 0 } li { margin: .35rem 0 } .where { color: #4a545e }
table { border-collapse: collapse; font-size: .85rem } th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #c3cad1 }
@media print { @page { margin: 12mm } html { font-size: 9.5pt } body { padding: 0; max-width: none } li, tr { break-inside: avoid } }
`

/** The plan as one page that needs no network. */
export const planHtml = (plan: Plan): string => {
  const cells = (tag: string, row: ReadonlyArray<string>) =>
    `<tr>${row.map((cell) => `<${tag}>${plainHtml(cell)}</${tag}>`).join("")}</tr>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${plainHtml(dayText(plan))}</title>
<style>${style}</style>
</head>
<body>
<h1>${plainHtml(dayText(plan))}</h1>
<p>${plainHtml(leadText(plan))}</p>
${headings
  .map(({ section, heading, none }) => {
    const lines = plan.lines.filter((line) => line.section === section)
    const items = lines.map(
      (line) =>
        `<li><strong>${plainHtml(line.title)}</strong> <span class="where">${plainHtml(`${line.kind} ${line.id}, ${line.microsystem}`)}</span><br>${plainHtml([line.words, impactText(line)].filter((text) => text !== undefined).join(" "))}</li>`
    )
    return `<h2>${heading}</h2>\n${lines.length === 0 ? `<p>${none}</p>` : `<ul>\n${items.join("\n")}\n</ul>`}`
  })
  .join("\n")}
${
  plan.weights.length === 0
    ? ""
    : `<h2>How it was weighed</h2>\n<table>\n<thead>${cells("th", weightColumns)}</thead>\n<tbody>\n${weightRows(
        plan
      )
        .map((row) => cells("td", row))
        .join("\n")}\n</tbody>\n</table>\n<p>${weighed}</p>`
}
</body>
</html>
`
}
