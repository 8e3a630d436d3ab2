import { existsSync, readdirSync, statSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import type { Published } from "@plimsoll/core"
import { openTerminal } from "./terminal.ts"
import type { Project } from "./project.ts"

const lastWritten = (path: string): number => statSync(path).mtimeMs

/**
 * The newest of `plimsoll.duckdb` and its numbered neighbours: where a system cannot rename over a file that a
 * reader has open, publishing writes `plimsoll.1.duckdb` and so on.
 */
export const newestPublished = (path: string): string => {
  const stem = basename(path, ".duckdb")
  const numbered = existsSync(dirname(path))
    ? readdirSync(dirname(path)).filter(
        (name) =>
          name.startsWith(`${stem}.`) && /^\d{1,3}$/.test(name.slice(stem.length + 1, -".duckdb".length))
      )
    : []
  const found = [path, ...numbered.map((name) => join(dirname(path), name))].filter((one) => existsSync(one))
  return found.sort((a, b) => lastWritten(b) - lastWritten(a))[0] ?? path
}

/** `3 minutes`, `2 days`. */
export const ageText = (milliseconds: number): string => {
  const units = [
    ["day", 86_400_000],
    ["hour", 3_600_000],
    ["minute", 60_000],
    ["second", 1000]
  ] as const
  const [name, size] = units.find((unit) => milliseconds >= unit[1]) ?? units[3]
  const count = Math.max(0, Math.floor(milliseconds / size))
  return `${count} ${name}${count === 1 ? "" : "s"}`
}

/** Opens the published file of a project, and closes it after the work. */
export const withPublished = async <A>(
  project: Project,
  work: (published: Published) => Promise<A>
): Promise<A> => {
  const { Published } = await import("@plimsoll/core")
  const published = await Published.open(newestPublished(project.published))
  try {
    return await work(published)
  } finally {
    published.close()
  }
}

/** Says how old the file is that an answer comes from; on stderr, so that the answer stays plain. */
export const noteAge = (published: Published): void => {
  if (!process.stderr.isTTY) return
  openTerminal().note(
    `${basename(published.path)}, written ${ageText(Date.now() - published.writtenAt.getTime())} ago`
  )
}
