import { PlimsollError } from "@plimsoll/schema"
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto"
import type { VaultKey } from "./vault-keys.ts"

/** What a sealed record shows of itself: which key sealed it, and nothing of what is in it. */
export interface Envelope {
  readonly key: string
  /** Nonce of 12 bytes, ciphertext and tag of 16 bytes, in base64. */
  readonly sealed: string
}

/** Lengths are rounded up to this many bytes, so that they tell little of a text. */
const block = 1024

const padded = (text: string): Buffer => {
  const bytes = Buffer.from(text, "utf8")
  return Buffer.concat([bytes, Buffer.alloc((block - (bytes.length % block)) % block, " ")])
}

/** Encrypts JSON with AES-256-GCM. `bound`: what it belongs to; it opens nowhere else. */
export const sealText = ({ id, key }: VaultKey, bound: string, text: string): Envelope => {
  const nonce = randomBytes(12)
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(bound, "utf8"))
  const body = Buffer.concat([nonce, cipher.update(padded(text)), cipher.final(), cipher.getAuthTag()])
  return { key: id, sealed: body.toString("base64") }
}

/** Opens what {@link sealText} sealed. Errors: `sealed-damaged`, which names where it stands and no content. */
export const openText = (key: Buffer, bound: string, { sealed }: Envelope, at: string): string => {
  try {
    const body = Buffer.from(sealed, "base64")
    const cipher = createDecipheriv("aes-256-gcm", key, body.subarray(0, 12))
      .setAAD(Buffer.from(bound, "utf8"))
      .setAuthTag(body.subarray(-16))
    return Buffer.concat([cipher.update(body.subarray(12, -16)), cipher.final()]).toString("utf8")
  } catch {
    // The cause is left out: it could hold what was opened.
    throw new PlimsollError({
      code: "sealed-damaged",
      message: `the sealed record at ${at} does not open with its key: it was changed, or moved from where it belongs`,
      suggestion: "restore the log from a copy; nothing was read from this record"
    })
  }
}
