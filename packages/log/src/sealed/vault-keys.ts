import { PlimsollError } from "@plimsoll/schema"
import { hash, randomBytes, randomUUID } from "node:crypto"
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync
} from "node:fs"
import { dirname, join } from "node:path"

/** A key, and the name by which what it has sealed calls it. */
export interface VaultKey {
  readonly id: string
  /** 32 bytes. */
  readonly key: Buffer
}

/** What the vault has for one stream and scope: a wave, or one text. */
export interface VaultScope {
  /** The label of the stream, `culture.answer.v1`. */
  readonly stream: string
  readonly scope: string
  /** Whether its key has been destroyed. */
  readonly erased: boolean
}

interface Kept {
  readonly stream: string
  readonly scope: string
  readonly id?: string
  readonly key?: string
  readonly erased?: string
}

/**
 * The keys of sealed streams: one file for each stream and scope, in a folder that only its owner may read. A key is
 * on the disk before anything is sealed with it. To erase what was sealed, its key is overwritten and only the fact that there
 * was one is kept, so that none is ever made again under that name. Made by {@link openVaultKeys}.
 */
export class VaultKeys {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** The key to seal with, made where there is none. Errors: `sealed-erased`. */
  sealing(stream: string, scope: string): VaultKey {
    const path = this.#path(stream, scope)
    if (!existsSync(path)) {
      const fresh: Kept = { stream, scope, id: randomUUID(), key: randomBytes(32).toString("base64") }
      this.#write(path, JSON.stringify(fresh), false)
    }
    const found = this.#read(path)
    if (found.id === undefined || found.key === undefined) {
      throw new PlimsollError({
        code: "sealed-erased",
        message: `what stream "${stream}" holds of "${scope}" was erased, and no more of it is taken in`,
        suggestion: "leave these rows out of the source, or give them another name"
      })
    }
    return { id: found.id, key: Buffer.from(found.key, "base64") }
  }

  /** The key that something was sealed with; undefined where it was destroyed, or is not in this vault. */
  opening(stream: string, scope: string, id: string): Buffer | undefined {
    const path = this.#path(stream, scope)
    if (!existsSync(path)) return undefined
    const found = this.#read(path)
    return found.id === id && found.key !== undefined ? Buffer.from(found.key, "base64") : undefined
  }

  /** Whether a key is there to seal with. */
  has(stream: string, scope: string): boolean {
    return this.stateOf(stream, scope) === "sealed"
  }

  /** What the vault knows of this name; undefined: nothing. */
  stateOf(stream: string, scope: string): "sealed" | "erased" | undefined {
    const path = this.#path(stream, scope)
    return existsSync(path) ? (this.#read(path).key === undefined ? "erased" : "sealed") : undefined
  }

  /** Destroys a key for good. False where there was none; the name is then taken all the same. */
  erase(stream: string, scope: string): boolean {
    const path = this.#path(stream, scope)
    const had = this.has(stream, scope)
    if (existsSync(path)) {
      const file = openSync(path, "r+")
      writeSync(file, Buffer.alloc(readFileSync(path).length), 0, undefined, 0)
      fsyncSync(file)
      closeSync(file)
    }
    this.#write(path, JSON.stringify({ stream, scope, erased: new Date().toISOString() }), true)
    return had
  }

  /** All that the vault has or had a key for, in order of stream and scope. */
  scopes(): ReadonlyArray<VaultScope> {
    if (!existsSync(this.#folder)) return []
    return readdirSync(this.#folder)
      .flatMap((part) => readdirSync(join(this.#folder, part)).map((name) => join(this.#folder, part, name)))
      .filter((path) => !path.endsWith(".new"))
      .map((path) => this.#read(path))
      .map(({ stream, scope, key }) => ({ stream, scope, erased: key === undefined }))
      .sort((a, b) => (a.stream === b.stream ? (a.scope < b.scope ? -1 : 1) : a.stream < b.stream ? -1 : 1))
  }

  #path(stream: string, scope: string): string {
    const name = hash("sha256", JSON.stringify([stream, scope]), "hex")
    return join(this.#folder, name.slice(0, 2), name.slice(2))
  }

  #read(path: string): Kept {
    try {
      return JSON.parse(readFileSync(path, "utf8")) as Kept
    } catch {
      // The cause is left out: it could hold the key.
      throw new PlimsollError({
        code: "vault-damaged",
        message: "a key of the vault cannot be read",
        suggestion: "restore the folder of the vault; without the key, what it sealed cannot be opened"
      })
    }
  }

  /** Whole or not at all, and on the disk when it returns; of two who make the same key, the first is kept. */
  #write(path: string, text: string, over: boolean): void {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const fresh = `${path}.${randomUUID()}.new`
    const file = openSync(fresh, "wx", 0o600)
    writeSync(file, text)
    fsyncSync(file)
    closeSync(file)
    if (over) renameSync(fresh, path)
    else {
      try {
        linkSync(fresh, path)
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause
      }
      rmSync(fresh)
    }
    for (const folder of [dirname(path), this.#folder]) syncFolder(folder)
  }
}

/** So that a name that was given or taken outlasts a power cut; some systems cannot, and then it is theirs to keep. */
const syncFolder = (folder: string): void => {
  const file = openSync(folder, "r")
  try {
    fsyncSync(file)
  } catch {
    return
  } finally {
    closeSync(file)
  }
}

/** Opens the keys of a vault; the folder is made when the first key is. */
export const openVaultKeys = (directory: string): VaultKeys => new VaultKeys(join(directory, "keys"))
