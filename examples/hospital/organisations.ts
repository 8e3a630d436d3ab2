import { readFileSync, writeFileSync } from "node:fs"

/** The organisations of the attendances, as rows of the stream of microsystems. The data hold no names, so the name is the code. */
export const organisationsCsv = (attendances: string): string => {
  const since = new Map<string, string>()
  for (const line of attendances.trim().split("\n").slice(1)) {
    const [period = "", code = ""] = line.split(",")
    const known = since.get(code)
    if (known === undefined || period < known) since.set(code, period)
  }
  const rows = [...since]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, first]) => `${code},${code},organisation,england,${first}`)
  return ["id,name,kind,parent,since", ...rows, ""].join("\n")
}

if (import.meta.main) {
  const data = new URL("data/", import.meta.url)
  writeFileSync(
    new URL("organisations.csv", data),
    organisationsCsv(readFileSync(new URL("ae_attendances.csv", data), "utf8"))
  )
}
