import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"

const tools =
  process.env["PLIMSOLL_TOOLS"] ??
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "plimsoll")
const onWindows = process.platform === "win32"

const versionOf = (python: string): string => {
  try {
    return execFileSync(python, ["-c", "import duckdb; print(duckdb.__version__)"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"]
    }).trim()
  } catch {
    return ""
  }
}

/** A Python with exactly this DuckDB, in a folder of its own among the tools; undefined where it cannot be had. */
export const pythonWithDuckdb = (version: string): string | undefined => {
  const folder = join(tools, `python-duckdb-${version}`)
  const python = join(folder, onWindows ? "Scripts/python.exe" : "bin/python")
  try {
    if (!existsSync(python))
      execFileSync(onWindows ? "python" : "python3", ["-m", "venv", folder], { stdio: "ignore" })
    if (versionOf(python) !== version)
      execFileSync(python, ["-m", "pip", "install", "--quiet", `duckdb==${version}`], { stdio: "ignore" })
    return versionOf(python) === version ? python : undefined
  } catch {
    return undefined
  }
}
