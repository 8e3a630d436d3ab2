import { readFileSync } from "node:fs"
import { join } from "node:path"
import { falseAlarms } from "@plimsoll/spc"
import { expect, test } from "vitest"
import { root } from "./workspace.ts"

const rows = [
  ...readFileSync(join(root, "packages/spc/README.md"), "utf8").matchAll(
    /^\| `([^`]+)` \| (all|frozen) \| (.*) \|$/gm
  )
].map(([, profile = "", baseline = "", cells = ""]) => ({ profile, baseline, cells: cells.split(" | ") }))

const percent = (share: number): string => (share * 100).toFixed(1)

test("the README's rates of false alarms are those of the tables", () => {
  const told = rows.filter((row) => row.cells.length === 5)
  expect(told).toHaveLength(12)
  for (const { profile, baseline, cells } of told) {
    const measured = [12, 24, 36, 60, 120].map((n) => {
      const rate = falseAlarms.lastPoint.find(
        (r) => r.profile === profile && r.baseline === baseline && r.n === n && r.phi === 0
      )!
      return profile === "mdc-2023" && n < 13 ? "–" : `${percent(rate.ever)} / ${percent(rate.any)}`
    })
    expect([profile, baseline, ...cells]).toEqual([profile, baseline, ...measured])
  }
})

test("the README's delays are those of the tables", () => {
  const told = rows.filter((row) => row.cells.length === 4)
  expect(told).toHaveLength(12)
  for (const { profile, baseline, cells } of told) {
    const measured = [0.5, 1, 1.5, 2].map((step) => {
      const delay = falseAlarms.delays.find(
        (d) => d.profile === profile && d.baseline === baseline && d.shiftSigma === step
      )!
      return `${delay.median} / ${Math.round(delay.detected12 * 100)}`
    })
    expect([profile, baseline, ...cells]).toEqual([profile, baseline, ...measured])
  }
})
