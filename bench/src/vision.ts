import { DuckDBInstance } from "@duckdb/node-api"
import { vision as visionModule } from "@plimsoll/quality"
import { compare, timed } from "./comparison.ts"

interface Link {
  readonly node: string
  readonly serves: string
}

/** A service of so many nodes: aims, goals, measures, and work for a goal or a measure, some of it in programmes. */
const service = (
  size: number
): { readonly nodes: ReadonlyArray<readonly [string, string]>; readonly links: ReadonlyArray<Link> } => {
  const [aims, goals, measures] = [Math.ceil(size / 2000), Math.ceil(size / 20), Math.ceil(size / 8)]
  const nodes: Array<readonly [string, string]> = [["why", "purpose"]]
  const links: Link[] = []
  const add = (id: string, kind: string, ...serves: ReadonlyArray<string | false>) => {
    nodes.push([id, kind])
    for (const one of serves) if (one !== false) links.push({ node: id, serves: one })
  }
  for (let at = 0; at < 3; at++) add(`v${at}`, "vision", "why")
  for (let at = 0; at < aims; at++) add(`a${at}`, "aim", `v${at % 3}`)
  for (let at = 0; at < goals; at++) add(`g${at}`, "goal", `a${at % aims}`, at % 3 === 1 && `g${at >> 1}`)
  for (let at = 0; at < measures; at++) add(`m${at}`, "measure", `g${at % goals}`)
  for (let at = 0; nodes.length < size; at++) {
    add(
      `w${at}`,
      "work",
      at % 2 === 0 ? `g${at % goals}` : `m${at % measures}`,
      at % 5 === 1 && `w${at >> 1}`
    )
  }
  return { nodes, links }
}

const adjacent = (links: ReadonlyArray<Link>, from: "node" | "serves", to: "node" | "serves") => {
  const found = new Map<string, string[]>()
  for (const link of links) {
    const own = found.get(link[from])
    if (own === undefined) found.set(link[from], [link[to]])
    else own.push(link[to])
  }
  return found
}

const breadthFirst = (start: string, next: ReadonlyMap<string, ReadonlyArray<string>>): number => {
  const distance = new Map([[start, 0]])
  for (const [id, far] of distance) {
    for (const one of next.get(id) ?? []) if (!distance.has(one)) distance.set(one, far + 1)
  }
  return distance.size - 1
}

// As the streams of the module and the relations of the core that it reads stand in the store.
const ground = `
  CREATE SCHEMA vision; CREATE SCHEMA current; CREATE SCHEMA plimsoll;
  CREATE TABLE current.vision_node AS SELECT id, kind, id AS title, 'u' || (row_number() OVER ()) % 500 AS owner, 1::BIGINT AS since,
    'active' AS status, DATE '2026-01-01' AS day, CASE kind WHEN 'measure' THEN id END AS measure, CASE kind WHEN 'work' THEN 10.00::DECIMAL(12, 2) END AS hours,
    NULL::DATE AS started, CASE kind WHEN 'work' THEN 'way ' || (row_number() OVER ()) % 20 END AS intervention, NULL::VARCHAR AS presenting,
    NULL::VARCHAR AS underlying, 0 AS _partition, row_number() OVER () AS _offset FROM fed_node;
  CREATE TABLE current.vision_link AS SELECT node, serves, 'strong' AS relation, NULL::VARCHAR AS answers, 1::BIGINT AS since, DATE '2026-01-01' AS day,
    0 AS _partition, row_number() OVER () AS _offset FROM fed_link;
  CREATE TABLE current.vision_version AS SELECT * FROM (VALUES (1::BIGINT, DATE '2026-01-01', '[]'::JSON, '[]'::JSON, 0, 0),
    (2, DATE '2026-05-01', '["a0"]', '[]', 0, 1)) AS v(number, day, drops, holds, _partition, _offset);
  CREATE TABLE plimsoll.clock AS SELECT DATE '2026-06-01' AS day;
  CREATE TABLE plimsoll.microsystem AS SELECT 'u' || range AS id FROM range(500);
  CREATE TABLE plimsoll.measure (id VARCHAR, kind VARCHAR);
  CREATE TABLE plimsoll.measure_value (measure VARCHAR, observed BOOLEAN);
  CREATE TABLE plimsoll.signal (signal VARCHAR, state VARCHAR, measure VARCHAR, microsystem VARCHAR, stratum VARCHAR, rule VARCHAR, variation VARCHAR, opened_as_of DATE);
  CREATE TABLE plimsoll.signal_event (signal VARCHAR, state VARCHAR, as_of DATE, event VARCHAR);
  CREATE TABLE plimsoll.series (measure VARCHAR, microsystem VARCHAR, stratum VARCHAR, status VARCHAR, since DATE, value DOUBLE, centre DOUBLE, target DOUBLE, n BIGINT);
  CREATE TABLE plimsoll.special_cause (measure VARCHAR, microsystem VARCHAR, stratum VARCHAR, first_period DATE, active BOOLEAN, variation VARCHAR)`

/** The graph of the vision at so many nodes: all its kept tables in full, and the line of sight of single nodes. */
export const vision = async (size: number): Promise<void> => {
  const { nodes, links } = service(size)
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" })
  const connection = await instance.connect()
  for (const [table, rows] of [
    ["fed_node (id VARCHAR, kind VARCHAR)", nodes],
    ["fed_link (node VARCHAR, serves VARCHAR)", links.map((one) => [one.node, one.serves] as const)]
  ] as const) {
    await connection.run(`CREATE TABLE ${table}`)
    const appender = await connection.createAppender(table.slice(0, table.indexOf(" ")))
    for (const [one, other] of rows) {
      appender.appendVarchar(one)
      appender.appendVarchar(other)
      appender.endRow()
    }
    appender.closeSync()
  }
  await connection.run(ground)
  const module = visionModule()
  const start = performance.now()
  for (const { kind, name, query } of module.relations) {
    await connection.run(`CREATE ${kind.toUpperCase()} vision.${name} AS ${query}`)
  }
  console.log(
    `vision, ${size.toLocaleString("en")} nodes and ${links.length.toLocaleString("en")} links: all kept tables in ${((performance.now() - start) / 1000).toFixed(2)} s`
  )
  await connection.run(module.macros)
  const [up, down] = [adjacent(links, "node", "serves"), adjacent(links, "serves", "node")]
  for (const [what, id] of [
    ["a piece of work", nodes.at(-1)![0]],
    ["a goal", "g7"],
    ["the purpose, above everything", "why"]
  ] as const) {
    const ask = `SELECT count(*), count(via) FROM vision.line_of_sight('${id}')`
    const [row] = (await connection.runAndReadAll(ask)).getRows()
    // The second version drops an aim: below it the line of sight ends, so plain search looks at what holds, too.
    const plain = breadthFirst(id, up) + breadthFirst(id, down)
    if (Number(row![0]) > plain || Number(row![0]) === 0)
      throw new Error(`not the same work: ${String(row![0])} and ${plain} nodes`)
    const took: number[] = []
    for (let run = 0; run < 5; run++) {
      took.push((await timed(1, () => connection.runAndReadAll(ask))).seconds * 1000)
    }
    console.log(
      `line of sight of ${what}: ${took.sort((a, b) => a - b)[2]!.toFixed(0)} ms (${took[0]!.toFixed(0)}–${took[4]!.toFixed(0)}); goal ≤ 1,000 ms`
    )
    await compare({
      what: `line of sight both ways of ${what}, ${plain.toLocaleString("en")} nodes in it`,
      unit: "calls",
      beside: "breadth-first search in TypeScript, lists of neighbours at hand",
      goal: "≥ 1 call/s",
      runs: 5,
      ours: () => timed(1, () => connection.runAndReadAll(ask)),
      peer: () => timed(1, async () => breadthFirst(id, up) + breadthFirst(id, down))
    })
  }
  connection.closeSync()
  instance.closeSync()
}
