/** Two ways to make 32 bits of a text. */
const hashed = (text: string, seed: number): number => {
  let found = seed
  for (let at = 0; at < text.length; at++) found = Math.imul(found ^ text.charCodeAt(at), 0x01000193)
  found = Math.imul(found ^ (found >>> 16), 0x85ebca6b)
  found = Math.imul(found ^ (found >>> 13), 0xc2b2ae35)
  return (found ^ (found >>> 16)) >>> 0
}

/**
 * Who has answered, and a number of what: sixteen bytes a person, by 64 bits of the token. That two of a million
 * people have the same 64 bits happens once in some 40 million waves.
 */
export class Seen {
  #size = 0
  /** Two words of hash, a number, and whether the place is taken. */
  #table = new Uint32Array(4 * 1024)

  /** Keeps a number for a token, unless there is one already: then gives that. */
  keep(token: string, number: number): number | undefined {
    if (this.#size * 4 >= this.#table.length / 2) this.#grow()
    return this.#put(hashed(token, 0x811c9dc5), hashed(token, 0x9e3779b9), number)
  }

  #put(one: number, other: number, number: number): number | undefined {
    const table = this.#table
    const mask = table.length / 4 - 1
    for (let place = one & mask; ; place = (place + 1) & mask) {
      const at = place * 4
      if (table[at + 3] === 0) {
        table[at] = one
        table[at + 1] = other
        table[at + 2] = number
        table[at + 3] = 1
        this.#size++
        return undefined
      }
      if (table[at] === one && table[at + 1] === other) return table[at + 2]
    }
  }

  #grow(): void {
    const before = this.#table
    this.#table = new Uint32Array(before.length * 2)
    this.#size = 0
    for (let at = 0; at < before.length; at += 4) {
      if (before[at + 3] === 1) this.#put(before[at]!, before[at + 1]!, before[at + 2]!)
    }
  }
}
