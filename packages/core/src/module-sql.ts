import { PlimsollError } from "@plimsoll/schema"

/** One relation that the `views.sql` of a module makes. */
export interface ModuleRelation {
  /** Without its schema. */
  readonly name: string
  /**
   * A table is computed again at each update for which something that it reads has changed, a view at each publishing; but
   * for a view that a table reads, which is as a table.
   */
  readonly kind: "view" | "table"
  readonly query: string
  /** What it is, for readers of the published file. Undefined: it stays inside the store. */
  readonly comment: string | undefined
  /** What each column means. */
  readonly columns: { readonly [column: string]: string }
}

const unfit = (module: string, message: string): PlimsollError =>
  new PlimsollError({
    code: "module-invalid",
    message: `module "${module}": ${message}`,
    suggestion:
      "views.sql holds CREATE VIEW schema.name AS …; CREATE TABLE schema.name AS …; and COMMENT ON … IS '…'; and nothing else"
  })

const part = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|;/g

/** The statements of a text of SQL, comments left out. */
export const statementsOf = (text: string): ReadonlyArray<string> => {
  const found: string[] = []
  let statement = ""
  let from = 0
  for (const { 0: token, index } of text.matchAll(part)) {
    statement += text.slice(from, index)
    from = index + token.length
    if (token === ";") {
      found.push(statement)
      statement = ""
    } else statement += /^(--|\/\*)/.test(token) ? " " : token
  }
  return [...found, statement + text.slice(from)].map((one) => one.trim()).filter((one) => one !== "")
}

const creation = /^CREATE\s+(VIEW|TABLE)\s+(\w+)\.(\w+)\s+AS\s+([\s\S]+)$/i
const comment = /^COMMENT\s+ON\s+(VIEW|TABLE|COLUMN)\s+(\w+)\.(\w+)(?:\."?(\w+)"?)?\s+IS\s+'((?:[^']|'')*)'$/i

/** The relations of a module's `views.sql`, in the order in which they stand there. Errors: `module-invalid`. */
export const relationsOf = (module: string, schema: string, text: string): ReadonlyArray<ModuleRelation> => {
  const made = new Map<string, { readonly kind: "view" | "table"; readonly query: string }>()
  const comments = new Map<string, string>()
  const columns = new Map<string, { [column: string]: string }>()
  for (const statement of statementsOf(text)) {
    const create = creation.exec(statement)
    const said = create === null ? comment.exec(statement) : null
    const [, kind, home, name] = create ?? said ?? []
    if (kind === undefined || name === undefined) {
      throw unfit(
        module,
        `a statement of its views.sql is none that it may hold: ${statement.slice(0, 40)} …`
      )
    }
    if (home !== schema) throw unfit(module, `"${home}.${name}" is not in its own schema, ${schema}`)
    if (create !== null) {
      if (made.has(name)) throw unfit(module, `${name} is made twice`)
      made.set(name, { kind: kind.toLowerCase() as "view" | "table", query: create[4]! })
      continue
    }
    if (!made.has(name)) throw unfit(module, `${name} has a comment before it is made`)
    const words = said![5]!.replaceAll("''", "'")
    if (kind.toUpperCase() !== "COLUMN") comments.set(name, words)
    else columns.set(name, { ...columns.get(name), [said![4]!]: words })
  }
  return [...made].map(([name, { kind, query }]) => ({
    name,
    kind,
    query,
    comment: comments.get(name),
    columns: columns.get(name) ?? {}
  }))
}
