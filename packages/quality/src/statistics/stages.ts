/** Columns that one stage adds, by name, from what the stages before it made. */
export type Stage = Readonly<Record<string, string>>

/** How the text of a stage names what is there already. */
export type At = (name: string) => string

/** A computation in stages, wherever it stands. */
export type Stages = (at: At) => ReadonlyArray<Stage>

const ofStruct: At = (name) => `_s.${name}`
const ofRow: At = (name) => `_${name}`

const struct = (fields: Stage): string =>
  `{${Object.entries(fields)
    .map(([name, sql]) => `'${name}': ${sql}`)
    .join(", ")}}`

/**
 * A computation in stages as one SQL expression: each stage is a lambda over a list of one struct, so that nothing is
 * written twice. The arguments stand outside of every lambda: a column of the caller cannot be taken for a name in here,
 * and an aggregate may be an argument.
 */
export const expression = (given: Stage, stages: Stages, result: (at: At) => string): string => {
  const steps = stages(ofStruct)
  let text = `[${struct(given)}]`
  let names = Object.keys(given)
  for (const step of steps) {
    const kept = Object.fromEntries(names.filter((n) => !(n in step)).map((n) => [n, ofStruct(n)]))
    text = `list_transform(${text}, lambda _s: ${struct({ ...kept, ...step })})`
    names = Object.keys({ ...kept, ...step })
  }
  return `list_transform(${text}, lambda _s: ${result(ofStruct)})[1]`
}

/** The same over the rows of `from`, as common table expressions of which the last is `to`; columns have a `_` before their name. */
export const tables = (from: string, to: string, stages: Stages): string => {
  const steps = stages(ofRow)
  return steps
    .map((step, i) => {
      const known = new Set(steps.slice(0, i).flatMap((earlier) => Object.keys(earlier)))
      const as = (names: ReadonlyArray<string>): string => names.map((n) => `${step[n]} AS _${n}`).join(", ")
      const again = Object.keys(step).filter((n) => known.has(n))
      const fresh = Object.keys(step).filter((n) => !known.has(n))
      const columns = [
        `*${again.length > 0 ? ` REPLACE (${as(again)})` : ""}`,
        ...(fresh.length > 0 ? [as(fresh)] : [])
      ]
      const name = i === steps.length - 1 ? to : `${to}${i + 1}`
      return `${name} AS (SELECT ${columns.join(", ")} FROM ${i === 0 ? from : `${to}${i}`})`
    })
    .join(",\n")
}

/** One stage after the other. */
export const inTurn =
  (...all: ReadonlyArray<Stages>): Stages =>
  (at) =>
    all.flatMap((stages) => stages(at))
