import { Base } from "@platformatic/kafka"
import { once } from "node:events"
import { createServer } from "node:net"

import { expect, test } from "vitest"

import { anyConnection, connectionOptions, tidy } from "./connection.ts"

// A broker comes up between two tries by chance only: here it does at the first failure.
test("a client that finds its broker at the second try, of two names for it, leaves nothing open", async () => {
  const server = createServer()
  server.listen(0)
  await once(server, "listening")
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, "close")
  const broker = `127.0.0.1:${port}`
  const client = tidy(new Base({ ...connectionOptions({ brokers: [broker, broker] }), retries: 0 }))
  client.once("client:broker:failed", () => server.listen(port))
  const connection = once(server, "connection")
  await anyConnection(client)
  await connection
  await client.close()
  server.close()
  await once(server, "close", { signal: AbortSignal.timeout(2_000) })
  expect(server.listening).toBe(false)
})
