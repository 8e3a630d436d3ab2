import { connect as connectPlain, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import { KafkaFault } from "./fault.ts"

/** As much of Kafka's protocol as it takes to see that a broker is there: no client library, no second JVM. */

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
const text = (value: string): Buffer => {
  const bytes = Buffer.from(value)
  return Buffer.concat([int16(bytes.length), bytes])
}

/** Reads an answer from its beginning to its end. */
class Answer {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }
  int8(): number {
    this.#at += 1
    return this.#bytes.readInt8(this.#at - 1)
  }
  int16(): number {
    this.#at += 2
    return this.#bytes.readInt16BE(this.#at - 2)
  }
  int32(): number {
    this.#at += 4
    return this.#bytes.readInt32BE(this.#at - 4)
  }
  text(): string {
    return this.#take(this.int16()).toString()
  }
  bytes(): Buffer {
    return this.#take(this.int32())
  }
  list<A>(one: () => A): ReadonlyArray<A> {
    return Array.from({ length: Math.max(this.int32(), 0) }, one)
  }
  #take(length: number): Buffer {
    this.#at += Math.max(length, 0)
    return this.#bytes.subarray(this.#at - Math.max(length, 0), this.#at)
  }
}

export interface Target {
  readonly port: number
  /** Speak TLS, and trust this authority; with a certificate of our own where one is asked for. */
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string }
  readonly sasl?: Sasl
}

/** How to say who we are. */
export interface Sasl {
  readonly mechanism: string
  /** Our next word after what the broker said, of which the first is `undefined`; `undefined` when we have no more. */
  readonly converse: (said: string | undefined) => string | undefined
}

const timeout = 5000

/** One connection, one request at a time. */
class Wire {
  readonly #socket: Socket
  #received = Buffer.alloc(0)
  #calls = 0

  constructor(socket: Socket) {
    this.#socket = socket
  }

  async call(apiKey: number, apiVersion: number, body: Buffer): Promise<Answer> {
    const head = [int16(apiKey), int16(apiVersion), int32(++this.#calls), text("plimsoll-kafka")]
    const request = Buffer.concat([...head, body])
    this.#socket.write(Buffer.concat([int32(request.length), request]))
    const length = (await this.#read(4)).readInt32BE()
    return new Answer((await this.#read(length)).subarray(4))
  }

  #read(length: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#socket.off("data", take).off("error", reject).off("close", closed)
      }
      const take = (bytes: Buffer = Buffer.alloc(0)): void => {
        this.#received = Buffer.concat([this.#received, bytes])
        if (this.#received.length < length) return
        const read = this.#received.subarray(0, length)
        this.#received = this.#received.subarray(length)
        end()
        resolve(read)
      }
      const closed = (): void => reject(new Error("the broker closed the connection"))
      this.#socket.on("data", take).once("error", reject).once("close", closed)
      take()
    })
  }

  close(): void {
    this.#socket.destroy()
  }
}

const open = ({ port, tls }: Target): Promise<Wire> =>
  new Promise((resolve, reject) => {
    const socket =
      tls === undefined
        ? connectPlain({ port, host: "127.0.0.1" }, () => resolve(new Wire(socket)))
        : connectTls({ port, host: "127.0.0.1", ...tls }, () => resolve(new Wire(socket)))
    socket.setTimeout(timeout, () => socket.destroy(new Error(`no answer in ${timeout} ms`)))
    socket.once("error", reject)
  })

const refused = (message: string): KafkaFault =>
  new KafkaFault("refused", message, "see what the broker says about it")

const authenticate = async (wire: Wire, { mechanism, converse }: Sasl): Promise<void> => {
  const shaken = (await wire.call(17, 1, text(mechanism))).int16()
  if (shaken !== 0) throw refused(`this listener does not speak ${mechanism} (${shaken})`)
  for (let word = converse(undefined); word !== undefined;) {
    const bytes = Buffer.from(word)
    const answer = await wire.call(36, 0, Buffer.concat([int32(bytes.length), bytes]))
    const code = answer.int16()
    const why = answer.text()
    if (code !== 0) throw refused(`${why} (${code})`)
    const said = answer.bytes().toString()
    // The bearer of a bad token learns it from JSON; the code of the refusal would follow on his next word.
    if (said.startsWith("{")) throw refused(`the token is refused: ${said}`)
    word = converse(said)
  }
}

const over = async <A>(target: Target, work: (wire: Wire) => Promise<A>): Promise<A> => {
  const wire = await open(target)
  try {
    if (target.sasl !== undefined) await authenticate(wire, target.sasl)
    return await work(wire)
  } finally {
    wire.close()
  }
}

/** Whether a broker answers at all. One of KRaft does so once it is registered and unfenced. */
export const answers = (target: Target): Promise<boolean> =>
  over(target, async (wire) => (await wire.call(18, 0, Buffer.alloc(0))).int16() === 0).catch(() => false)

/** The ports of the brokers that this one knows to be alive. */
export const brokersSeenBy = (target: Target): Promise<ReadonlyArray<number>> =>
  over(target, async (wire) => {
    const answer = await wire.call(3, 1, int32(0))
    return answer.list(() => {
      answer.int32()
      answer.text()
      const port = answer.int32()
      answer.text()
      return port
    })
  })

/** A partition as a broker sees it: who leads it, who should have it, and who has all of it. Nodes by their number. */
export interface SeenPartition {
  readonly topic: string
  readonly partition: number
  readonly leader: number
  readonly replicas: ReadonlyArray<number>
  readonly inSync: ReadonlyArray<number>
}

/** The partitions of all topics, Kafka's own included. */
export const partitionsSeenBy = (target: Target): Promise<ReadonlyArray<SeenPartition>> =>
  over(target, async (wire) => {
    const answer = await wire.call(3, 1, int32(-1))
    answer.list(() => {
      answer.int32()
      answer.text()
      answer.int32()
      answer.text()
    })
    answer.int32()
    const topics = answer.list(() => {
      answer.int16()
      const topic = answer.text()
      answer.int8()
      return answer.list((): SeenPartition => {
        answer.int16()
        return {
          topic,
          partition: answer.int32(),
          leader: answer.int32(),
          replicas: answer.list(() => answer.int32()),
          inSync: answer.list(() => answer.int32())
        }
      })
    })
    return topics.flat()
  })

/** The node that keeps the books of a group, or of a transactional id. */
export const coordinatorSeenBy = (target: Target, of: "group" | "transaction", id: string): Promise<number> =>
  over(target, async (wire) => {
    const kind = Buffer.from([of === "group" ? 0 : 1])
    const answer = await wire.call(10, 1, Buffer.concat([text(id), kind]))
    answer.int32()
    const code = answer.int16()
    answer.text()
    if (code !== 0) throw refused(`no coordinator of the ${of} ${id} (${code})`)
    return answer.int32()
  })

/** Makes topics, `{ name: partitions }`, with the broker's own number of replicas. One that exists is left as it is. */
export const makeTopics = (target: Target, topics: Readonly<Record<string, number>>): Promise<void> =>
  over(target, async (wire) => {
    const wanted = Object.entries(topics).map(([name, partitions]) =>
      Buffer.concat([text(name), int32(partitions), int16(-1), int32(0), int32(0)])
    )
    const body = Buffer.concat([int32(wanted.length), ...wanted, int32(15_000), Buffer.from([0])])
    const answer = await wire.call(19, 4, body)
    answer.int32()
    const failed = answer
      .list(() => ({ name: answer.text(), code: answer.int16(), message: answer.text() }))
      .filter(({ code }) => code !== 0 && code !== 36)
    if (failed.length > 0) {
      throw refused(failed.map((one) => `topic ${one.name}: ${one.message} (${one.code})`).join("; "))
    }
  })
