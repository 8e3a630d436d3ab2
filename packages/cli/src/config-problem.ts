import type { Complaint } from "@plimsoll/schema"

/** Where in the config. */
export type Path = ReadonlyArray<PropertyKey>

/** `connectors[0].path`. */
export const pathText = (path: Path): string =>
  path
    .map((part, at) =>
      typeof part === "number"
        ? `[${part}]`
        : /^[A-Za-z_$][\w$]*$/.test(String(part))
          ? `${at === 0 ? "" : "."}${String(part)}`
          : `[${JSON.stringify(part)}]`
    )
    .join("")

const cures: { readonly [field: string]: string } = {
  project: 'give the project a short name: project: "falls"',
  organisation: 'give the organisation a short name: organisation: "city-hospital"',
  zone: 'say the zone in which days are counted: zone: "Europe/London"',
  connectors: "list at least one connector: connectors: [files({ … })], or [] for none",
  clock: 'write a day as clock: "2019-12-31", or leave it out for today',
  published: 'name a file such as published: "plimsoll.duckdb", or leave it out',
  instance: 'give the connector an instance of its own: instance: "attendances"',
  kind: 'choose "ward", "community-team", "back-office-team", "service" or "organisation"',
  since: 'write a day as since: "2019-04-01", or leave it out',
  threads: "give a whole number from 1 on, or leave it out",
  partitions: "give a whole number from 1 to 1024, or leave it out",
  kafka:
    'say where the log is: kafka: { brokers: ["localhost:9092"] }, or leave it out for a log on this machine',
  memoryLimit: 'write an amount such as memoryLimit: "2GB", or leave it out'
}

/** A fault of the config; without a suggestion of its own, the cure of the field that it is about. */
export const problem = (path: Path, message: string, suggestion?: string): Complaint => {
  const field = String(path.findLast((part) => typeof part === "string") ?? "")
  return {
    code: "config-invalid",
    message,
    configPath: path.length === 0 ? undefined : pathText(path),
    suggestion: suggestion ?? cures[field] ?? "mend the value at this place of the config"
  }
}
