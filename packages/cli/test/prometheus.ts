import { execFileSync } from "node:child_process"

const python = process.env["PLIMSOLL_PYTHON"] ?? (process.platform === "win32" ? "python" : "python3")

const isThere = (): boolean => {
  try {
    execFileSync(python, ["-c", "import prometheus_client"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

/** Whether tests by Prometheus' own parser are left out: never in CI, where it has to be there. */
export const isSkipped = !isThere() && process.env["CI"] !== "true"

/** For the name of a test that is left out. */
export const reason = isSkipped
  ? " (skipped: no Python with prometheus_client; name one in PLIMSOLL_PYTHON)"
  : ""

/** A family of samples, as Prometheus reads it. */
export interface Family {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: ReadonlyArray<{
    readonly name: string
    readonly labels: { readonly [label: string]: string }
    readonly value: number
  }>
}

const script = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families
print(json.dumps([
  {"name": f.name, "type": f.type, "help": f.documentation,
   "samples": [{"name": s.name, "labels": s.labels, "value": s.value} for s in f.samples]}
  for f in text_string_to_metric_families(sys.stdin.read())
]))
`

/** Reads the text format with the parser of Prometheus' own client for Python. */
export const families = (text: string): ReadonlyArray<Family> =>
  JSON.parse(execFileSync(python, ["-c", script], { input: text, encoding: "utf8" })) as ReadonlyArray<Family>
