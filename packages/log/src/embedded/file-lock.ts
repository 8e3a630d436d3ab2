import { DatabaseSync } from "node:sqlite"

/** A lock on a file, held by this process. */
export interface FileLock {
  release(): void
}

/**
 * Takes the operating system's lock on a file, made where it is not there; undefined while another process has it.
 * It ends with its process, however that dies, so nothing is left behind to be judged by its age or its pid.
 */
export const tryFileLock = (path: string): FileLock | undefined => {
  const database = new DatabaseSync(path)
  try {
    database.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE")
    return { release: () => database.close() }
  } catch (cause) {
    database.close()
    if (cause instanceof Error && "errcode" in cause && (Number(cause.errcode) & 0xff) === 5) return undefined
    throw cause
  }
}
