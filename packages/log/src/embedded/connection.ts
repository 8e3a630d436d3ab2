import { mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { setTimeout as sleep } from "node:timers/promises"

import { Fault, isBusy } from "./fault.ts"
import { applicationId, formatVersion, pageSize, tables } from "./format.ts"

/** One number of a one-row answer. */
export const figure = (database: DatabaseSync, sql: string): number =>
  Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0)

/** Opens the file without a look at what is in it. Nothing here writes to it. */
export const connect = (path: string, busyTimeout: number): DatabaseSync => {
  const database = new DatabaseSync(path)
  database.exec(`
    PRAGMA busy_timeout = ${busyTimeout};
    PRAGMA synchronous = FULL;
    -- On macOS fsync alone leaves the data in the drive's cache; elsewhere this does nothing.
    PRAGMA fullfsync = ON;
    PRAGMA cache_size = -8192;
    PRAGMA wal_autocheckpoint = 2000;
    PRAGMA journal_size_limit = 67108864;
  `)
  return database
}

/** All or nothing. Takes the write lock first, so it never has to give up half-way because another wrote. */
export const transact = <A>(database: DatabaseSync, body: () => A): A => {
  database.exec("BEGIN IMMEDIATE")
  try {
    const done = body()
    database.exec("COMMIT")
    return done
  } catch (error) {
    // SQLite may have rolled back by itself, as it does on a full disk.
    if (database.isTransaction) database.exec("ROLLBACK")
    throw error
  }
}

const isNew = (database: DatabaseSync): boolean => {
  const application = figure(database, "PRAGMA application_id")
  const version = figure(database, "PRAGMA user_version")
  if (application === applicationId) {
    if (version <= formatVersion) return false
    throw new Fault({
      code: "log-newer",
      message: `the log has format ${version}; this version of @plimsoll/log knows formats up to ${formatVersion}`,
      suggestion: "upgrade the Plimsoll packages of this project"
    })
  }
  if (application === 0 && version === 0 && figure(database, "SELECT count(*) FROM sqlite_schema") === 0)
    return true
  throw new Fault({
    code: "log-not-a-log",
    message: "the file is a SQLite database, but not a Plimsoll log",
    suggestion: "give the path of a log, or of a file that is not there yet"
  })
}

const make = (database: DatabaseSync): void =>
  transact(database, () => {
    // Another process may have made it meanwhile.
    if (!isNew(database)) return
    database.exec(tables)
    database.prepare("INSERT INTO log (log_id) VALUES (?)").run(crypto.randomUUID())
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${formatVersion}`)
  })

const writeAhead = (database: DatabaseSync): void => {
  const mode = database.prepare("PRAGMA journal_mode = WAL").get()?.["journal_mode"]
  if (mode === "wal") return
  throw new Fault({
    code: "log-failed",
    message: "the file system of the log has no shared memory between processes, which the log needs",
    suggestion: "put the log on a local disk"
  })
}

const attempt = (path: string, busyTimeout: number): DatabaseSync => {
  const database = connect(path, busyTimeout)
  try {
    // Look before writing anything: the file may be somebody else's.
    const fresh = isNew(database)
    if (fresh) database.exec(`PRAGMA page_size = ${pageSize}`)
    writeAhead(database)
    if (fresh) make(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Opens the log at the path, and makes it where there is none. */
export const establish = async (path: string, busyTimeout: number): Promise<DatabaseSync> => {
  mkdirSync(dirname(path), { recursive: true })
  const deadline = Date.now() + busyTimeout
  for (;;) {
    try {
      return attempt(path, busyTimeout)
    } catch (error) {
      // SQLite's busy timeout does not hold for the change to WAL: processes that make the log together collide.
      if (!isBusy(error) || Date.now() > deadline) throw error
      await sleep(5 + Math.random() * 20)
    }
  }
}
