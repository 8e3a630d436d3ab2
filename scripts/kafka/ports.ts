import { createServer } from "node:net"

// Below the ports that systems give to outgoing connections: while a broker is down, a client that tries again
// could otherwise be given the broker's own port as its near end, connect to itself, and keep the broker out.
const [lowest, highest] = [20_000, 32_000]

export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(false))
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)))
  })

/** Ports of the loopback address on which nobody listens now. */
export const freePorts = async (count: number): Promise<ReadonlyArray<number>> => {
  const ports = new Set<number>()
  while (ports.size < count) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (!ports.has(port) && (await isFree(port))) ports.add(port)
  }
  return [...ports]
}
