import { defineModule } from "@plimsoll/core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { World } from "../../../test/world.ts"
import { instrumentRow, instruments } from "./events.ts"
import type { Instrument } from "./instrument.ts"
import { edmondson } from "./keys/edmondson.ts"
import { iMatter } from "./keys/imatter.ts"
import { sopsHospital } from "./keys/sops-hospital.ts"

const keys = (declared: ReadonlyArray<Instrument>) =>
  defineModule({
    name: "keys",
    version: 1,
    title: "Keys, to look at",
    streams: [instruments],
    declares:
      declared.length === 0 ? [] : [{ stream: instruments, rows: declared.map((key) => instrumentRow(key)) }],
    views: `CREATE VIEW keys.item AS
      SELECT id AS instrument, version, unnest(from_json(items, '[{"id": "VARCHAR", "reversed": "BOOLEAN", "wording": "VARCHAR"}]'), recursive := true)
      FROM current.instrument;
      COMMENT ON VIEW keys.item IS 'Items of instruments.';
      COMMENT ON COLUMN keys.item.instrument IS 'The instrument.';
      COMMENT ON COLUMN keys.item.version IS 'Its version.';
      COMMENT ON COLUMN keys.item.id IS 'The code.';
      COMMENT ON COLUMN keys.item.reversed IS 'Whether it is reversed.';
      COMMENT ON COLUMN keys.item.wording IS 'The question.';`
  })

describe("instruments on the log", () => {
  let world: World
  beforeAll(async () => {
    world = await World.make([keys([sopsHospital(), iMatter()])])
    await world.define({}, "2026-01-31")
    await world.compute()
  })
  afterAll(() => world.close())

  test("say which key, in which version, scored the answers", async () => {
    expect(
      await world.rows(
        "SELECT instrument, version, count(*) AS items, count(*) FILTER (reversed) AS reversed, count(wording) AS worded FROM keys.item GROUP BY ALL ORDER BY ALL"
      )
    ).toEqual([
      { instrument: "imatter", version: "2024", items: "29", reversed: "0", worded: "16" },
      { instrument: "sops-hospital", version: "2.0", items: "32", reversed: "13", worded: "0" }
    ])
  })

  test("carry no wording that a licence leaves to the user", () => {
    const own = edmondson()
    const worded = { ...own, items: own.items.map((item) => ({ ...item, wording: "as the user asks it" })) }
    expect(instrumentRow(worded).items.every((item) => item.wording === null)).toBe(true)
    expect(instrumentRow(iMatter()).items.some((item) => item.wording !== null)).toBe(true)
  })

  test("take no instrument whose parts do not fit, and say why", async () => {
    const world = await World.make([keys([])])
    const row = instrumentRow(edmondson())
    const wrong = { ...row, scales: [{ ...row.scales[0]!, items: ["1", "none"] }] }
    await expect(world.feed(instruments, [wrong])).rejects.toThrow(
      expect.objectContaining({
        code: "row-invalid",
        message: expect.stringContaining('an item "none" that the instrument does not have')
      })
    )
    await world.feed(instruments, [row])
    await world.compute()
    expect(
      await world.rows("SELECT count(*) AS n FROM keys.item WHERE instrument LIKE 'edmondson%'")
    ).toEqual([{ n: "7" }])
  })
})
