import type { Published } from "@plimsoll/core"
import { PlimsollError } from "@plimsoll/schema"
import { nearest } from "./nearest.ts"

const refuse = (kind: string, id: string, known: ReadonlyArray<string>): PlimsollError => {
  const meant = nearest(id, known)
  return new PlimsollError({
    code: `usage-unknown-${kind}`,
    message: `the published file has no ${kind} "${id}"`,
    suggestion:
      meant !== undefined
        ? `did you mean "${meant}"?`
        : known.length === 0
          ? `it has none at all yet: run \`plimsoll run\``
          : `it has ${known.slice(0, 8).join(", ")}${known.length > 8 ? ` and ${known.length - 8} more: plimsoll sql "FROM plimsoll.${kind}"` : ""}`
  })
}

/** Throws `usage-unknown-measure` or `usage-unknown-microsystem`, with what was probably meant, unless the published file has both. */
export const knownOrRefused = async (
  published: Published,
  wanted: { readonly measure?: string | undefined; readonly microsystem?: string | undefined }
): Promise<void> => {
  for (const kind of ["measure", "microsystem"] as const) {
    const id = wanted[kind]
    if (id === undefined) continue
    const { rows } = await published.query(`SELECT id FROM plimsoll.${kind} ORDER BY id`)
    const known = rows.map((row) => String(row[0]))
    if (!known.includes(id)) throw refuse(kind, id, known)
  }
}
