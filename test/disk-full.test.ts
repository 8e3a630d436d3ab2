import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"

// A file system of its own, in a mount namespace of its own: nothing of the machine is touched.
const mayMount = spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", tmpdir()]).status === 0
const required = process.env["CI"] === "true"

test.skipIf(!mayMount && !required)(
  `a full disk stops the run with the cure, and the next one ends with every row exactly once${mayMount ? "" : " (skipped: this machine lets nobody mount a tmpfs)"}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "plimsoll-full-"))
    try {
      const script = join(import.meta.dirname, "kill/disk-full.ts")
      const { status, stdout, stderr } = spawnSync(
        "unshare",
        [
          "-rm",
          process.execPath,
          "--conditions=@plimsoll/source",
          "--disable-warning=ExperimentalWarning",
          script,
          folder
        ],
        { encoding: "utf8", timeout: 120_000 }
      )
      expect(`${stderr}`).toBe("")
      expect(status).toBe(0)
      const told = JSON.parse(stdout) as {
        readonly full: ReadonlyArray<{ readonly code: number; readonly said: string }>
        readonly rows: number
        readonly late: number
        readonly expected: { readonly rows: number; readonly late: number }
      }
      for (const one of told.full) {
        expect(one.code, one.said).toBe(5)
        expect(one.said).toMatch(/do: /)
      }
      expect(told.full.length).toBeGreaterThanOrEqual(2)
      expect({ rows: told.rows, late: told.late }).toEqual(told.expected)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
  150_000
)
