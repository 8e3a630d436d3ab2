/** Columns that one stage adds, by name, from what the stages before it made. */
export type Stage = Readonly<Record<string, string>>

/** How the text of a stage names what is there already. */
export type At = (name: string) => string

/** A computation in stages, wherever it stands. */
export type Stages = (at: At) => ReadonlyArray<Stage>

const ofStruct: At = (name) => `_s.${name}`
const ofRow: At = (name) => `_${name}`

const namesIn = (sql: string): Set<string> =>
  new Set(Array.from(sql.matchAll(/\b_s\.(\w+)/g), (match) => match[1]!))

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
  // Backwards, to carry only what a later stage still asks for.
  const end = result(ofStruct)
  let wanted = namesIn(end)
  let before = (text: string): string => text
  for (const step of stages(ofStruct).toReversed()) {
    const after = before
    const made = Object.entries(step).filter(([name]) => wanted.has(name))
    const kept = [...wanted].filter((name) => !(name in step))
    const fields = struct(
      Object.fromEntries([...kept.map((name) => [name, ofStruct(name)] as const), ...made])
    )
    before = (text) => after(`list_transform(${text}, lambda _s: ${fields})`)
    wanted = new Set([...kept, ...made.flatMap(([, sql]) => [...namesIn(sql)])])
  }
  const first = Object.fromEntries(Object.entries(given).filter(([name]) => wanted.has(name)))
  return `list_transform(${before(`[${struct(first)}]`)}, lambda _s: ${end})[1]`
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
