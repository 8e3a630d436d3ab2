import { describe, expect, it } from "vitest"
import { folder, options, run, write } from "../test/falls.ts"

describe("files", () => {
  it("reads the rows of a file as text, with their places", async () => {
    const path = write(
      folder(),
      "a.csv",
      'ward,day,falls,opened_by\nW1,2026-01-01,007,\n"W,2",2026-01-02,,"x ""y""\nz"\nW3,2026-01-03,2.6,a\n'
    )
    const { rows, cursors } = await run(options(path))
    expect(rows).toEqual([
      {
        fields: { ward: "W1", day: "2026-01-01", falls: "007" },
        at: { generation: 1, row: 1, place: "line 2" }
      },
      {
        fields: { ward: "W,2", day: "2026-01-02", falls: null, openedBy: 'x "y"\nz' },
        at: { generation: 1, row: 2, place: "line 3" }
      },
      {
        fields: { ward: "W3", day: "2026-01-03", falls: "2.6", openedBy: "a" },
        at: { generation: 1, row: 3, place: "line 5" }
      }
    ])
    expect(cursors.get("a.csv")).toMatchObject({
      generation: 1,
      row: 3,
      line: 6,
      ended: true,
      tail: "closed"
    })
  })
})
