import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import type { Microsystem } from "@plimsoll/schema"
import { headcounts } from "../src/control/events.ts"
import {
  type Contribution,
  contributions,
  type ContributionStep,
  contributionSteps
} from "../src/relationships/events.ts"
import { relationships, type RelationshipsOptions } from "../src/relationships/module.ts"
import { statistics } from "../src/statistics/module.ts"
import { World } from "./world.ts"

export const relationshipsWorld = (options: RelationshipsOptions = {}): Promise<World> =>
  World.make([statistics(), relationships(options)])

export const unit = (id: string): Microsystem => ({
  id,
  name: `Unit ${id}`,
  kind: "ward",
  parent: null,
  since: "2000-01-01"
})

/** An idea of a day worker of oak, for oak to answer, unless it is said otherwise. */
export const contribution = (
  row: Pick<Contribution, "id" | "day"> & Partial<Contribution>
): Contribution => ({
  microsystem: "oak",
  role: "day",
  kind: "idea",
  owner: "oak",
  firstInQuarter: true,
  ...row
})

export const bring = (world: World, rows: ReadonlyArray<Contribution>): Promise<void> =>
  world.feed(contributions, rows)

/** A step with nothing but what its kind asks for. */
export const step = (
  row: Pick<ContributionStep, "contribution" | "kind" | "day"> & Partial<ContributionStep>
): ContributionStep => ({
  id: `${row.contribution}-${row.kind}-${row.day}`,
  microsystem: "oak",
  answer: row.kind === "answered" ? "yes" : null,
  reasoned: false,
  ...row
})

export const take = (world: World, rows: ReadonlyArray<ContributionStep>): Promise<void> =>
  world.feed(contributionSteps, rows)

/** So many people of each role group of a unit. */
export const employ = (
  world: World,
  microsystem: string,
  groups: { readonly [role: string]: number }
): Promise<void> =>
  world.feed(
    headcounts,
    Object.entries(groups).map(([role, people]) => ({ microsystem, role, people, since: "2020-01-01" }))
  )

/**
 * The answer of a query over the store, which is closed for it and opened again: what is not published is there only.
 * `directory`: of the store, as `World.open` takes it.
 */
export const inStore = async (
  world: World,
  query: string,
  directory = ".plimsoll"
): Promise<ReadonlyArray<{ readonly [column: string]: unknown }>> => {
  await world.core.close()
  const file = join(world.folder, directory, "core.duckdb")
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" })
  const connection = await instance.connect()
  try {
    return (await connection.runAndReadAll(query)).getRowObjectsJson()
  } finally {
    connection.closeSync()
    instance.closeSync()
    world.core = await world.open(directory)
  }
}
