import { once } from "node:events"
import { type AddressInfo, createServer, type Socket } from "node:net"
import { expect, test } from "vitest"

import { clusterOf, encoded } from "../src/kafka/kafkajs/internals.ts"

/** What the library gives beyond what our code takes of it. */
interface Whole {
  connect(): Promise<unknown>
  disconnect(): Promise<unknown>
  send(protocol: typeof apiVersions): Promise<Buffer>
}

const apiVersions = {
  request: {
    apiKey: 18,
    apiVersion: 0,
    apiName: "ApiVersions",
    encode: async () => encoded(Buffer.alloc(0))
  },
  response: { decode: async (bytes: Buffer) => bytes, parse: async (bytes: Buffer) => bytes }
}

test("half an answer of a broker that died does not stand before what the next one says", async () => {
  let connections = 0
  const answer = (socket: Socket, request: Buffer): void => {
    if (++connections === 1) {
      // As a broker that is killed in the middle of a long answer.
      socket.write(Buffer.from([0, 0, 4, 0, 0, 0, 0, 0, 1, 2, 3]), () => socket.destroy())
      return
    }
    const head = Buffer.alloc(4)
    head.writeInt32BE(6)
    socket.write(Buffer.concat([head, request.subarray(8, 12), Buffer.from([7, 7])]))
  }
  const server = createServer((socket) =>
    socket.on("data", (request) => answer(socket, request)).on("error", () => undefined)
  )
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  const cluster = clusterOf({ brokers: [`127.0.0.1:${port}`], requestTimeout: 2_000 })
  const pool = await cluster.connectionPoolBuilder.build({ host: "127.0.0.1", port })
  const connection = pool.pool[0]!
  const whole = connection as unknown as Whole
  const ask = async (): Promise<Buffer> => {
    await whole.connect()
    return whole.send(apiVersions)
  }
  try {
    await expect(ask()).rejects.toThrow()
    expect([...(await ask())]).toEqual([7, 7])
  } finally {
    connection.rejectRequests(new Error("closed"))
    await whole.disconnect()
    server.close()
  }
})
