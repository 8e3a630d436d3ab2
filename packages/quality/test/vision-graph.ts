import type { Microsystem } from "@plimsoll/schema"
import type { VisionLink, VisionNode, VisionVersion } from "../src/vision/events.ts"
import type { VisionKind } from "../src/vision/kind.ts"

/** A node for tests, all of it the simplest that fits its kind. */
export const node = (id: string, kind: VisionKind, rest: Partial<VisionNode> = {}): VisionNode => ({
  id,
  kind,
  title: `Title of ${id}`,
  owner: null,
  since: 1,
  status: "active",
  day: "2026-01-01",
  measure: kind === "measure" ? id : null,
  hours: null,
  started: null,
  intervention: null,
  presenting: kind === "need" ? `What shows of ${id}` : null,
  underlying: null,
  ...rest
})

/** A link for tests. */
export const link = (from: string, serves: string, rest: Partial<VisionLink> = {}): VisionLink => ({
  node: from,
  serves,
  relation: "strong",
  answers: null,
  since: 1,
  day: "2026-01-01",
  ...rest
})

/** A version for tests. */
export const version = (number: number, day: string, rest: Partial<VisionVersion> = {}): VisionVersion => ({
  number,
  day,
  drops: [],
  holds: [],
  ...rest
})

/** A ward for tests. */
export const unit = (id: string): Microsystem => ({
  id,
  name: id,
  kind: "ward",
  parent: null,
  since: "2020-01-01"
})
