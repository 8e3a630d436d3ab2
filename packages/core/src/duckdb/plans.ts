import type { DuckDBConnection, DuckDBPreparedStatement } from "@duckdb/node-api"

/** So many texts keep their plans: those of one update of a large project, several times over. */
const textsAtMost = 400

/**
 * The plans of statements that come again and again. Planning takes longer than working where little has changed, most of
 * all for the charts. DuckDB plans again by itself where a table that a plan reads was made anew.
 */
export class Plans {
  readonly #connection: DuckDBConnection
  readonly #kept = new Map<string, ReadonlyArray<DuckDBPreparedStatement>>()

  constructor(connection: DuckDBConnection) {
    this.#connection = connection
  }

  /** The statements of a text, ready to run. None of them may need what one before it makes. */
  async of(text: string): Promise<ReadonlyArray<DuckDBPreparedStatement>> {
    const known = this.#kept.get(text)
    if (known !== undefined) {
      // Put at the end, so that the first is the one that was not asked for longest.
      this.#kept.delete(text)
      this.#kept.set(text, known)
      return known
    }
    const found = await this.#connection.extractStatements(text)
    const made: DuckDBPreparedStatement[] = []
    for (let nth = 0; nth < found.count; nth++) made.push(await found.prepare(nth))
    this.#kept.set(text, made)
    if (this.#kept.size > textsAtMost) {
      const [oldest, statements] = this.#kept.entries().next().value!
      this.#kept.delete(oldest)
      for (const one of statements) one.destroySync()
    }
    return made
  }

  /** Lets go of all of them. */
  end(): void {
    for (const statements of this.#kept.values()) for (const one of statements) one.destroySync()
    this.#kept.clear()
  }
}
