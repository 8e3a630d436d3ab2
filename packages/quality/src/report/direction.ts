import { markup, type Markup, paragraph } from "./markup.ts"
import { absent, notKnown, type PartWriter } from "./part.ts"
import { criteriaOf } from "./score.ts"
import { visionGaps, visionOf } from "./vision.ts"

/** Part one: what we are for, and who leads us there. */
export const direction = async (
  writer: PartWriter
): Promise<Markup> => markup`<section aria-labelledby="direction">
<h2 id="direction">Direction</h2>
${paragraph(markup`<span class="lead">What we are for, and who leads us there.</span>`)}
<h3>Does the work lead to what we are for?</h3>
${await visionOf(writer)}<h3>What standards ask of Direction</h3>
${writer.source.has("assurance.criterion") ? await criteriaOf(writer, "direction") : paragraph(absent("assurance", "no standard or assessment is held here"))}
${await notKnown(writer, "direction", await visionGaps(writer))}</section>
`
