import { createServer, type Server, type ServerResponse } from "node:http"
import { PlimsollError } from "@plimsoll/schema"

/** Where metrics are told. */
export interface MetricsAddress {
  readonly host: string
  readonly port: number
}

/** `9464`, `0.0.0.0:9464` or `[::1]:9464`; a bare port is on the loopback address. Port 0: any that is free. Fails with `usage-metrics`. */
export const parseAddress = (text: string): MetricsAddress => {
  const [, bracketed, named, digits] =
    /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]+)):)?(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits === undefined || port > 65_535) {
    throw new PlimsollError({
      code: "usage-metrics",
      message: `"${text}" is no address for metrics`,
      suggestion: "say a port, or a host and a port: --metrics 9464, --metrics 0.0.0.0:9464"
    })
  }
  return { host: bracketed ?? named ?? "127.0.0.1", port }
}

/** What the server tells. */
export interface MetricsPages {
  /** In the text format of Prometheus. */
  readonly metrics: () => Promise<string>
  /** Whether the log answers. */
  readonly isLogThere: () => boolean
}

/** Metrics over HTTP, until it is closed. */
export interface MetricsServer {
  /** `http://127.0.0.1:9464/metrics` */
  readonly url: string
  close(): Promise<void>
}

const answer = (response: ServerResponse, code: number, type: string, body: string): void => {
  response.writeHead(code, { "content-type": type, "cache-control": "no-store" })
  response.end(body)
}

const plain = "text/plain; charset=utf-8"

const listen = (server: Server, { host, port }: MetricsAddress): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        new PlimsollError(
          {
            code: "usage-metrics",
            message: `metrics cannot be told at ${host}:${port} (${cause.code ?? cause.message})`,
            suggestion: "choose an address of this machine and a port that nobody else has: --metrics 9465"
          },
          { cause }
        )
      )
    )
    server.listen({ host, port }, resolve)
  })

/**
 * Tells metrics at `/metrics`, and at `/healthz` that the process is alive: always 200, since a restart does not bring
 * back a log that is away; the body says which of the two it is. Fails with `usage-metrics` where it cannot listen.
 */
export const serveMetrics = async (address: MetricsAddress, pages: MetricsPages): Promise<MetricsServer> => {
  const server = createServer((request, response) => {
    const [path] = (request.url ?? "/").split("?", 1)
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD")
      answer(response, 405, plain, "only GET\n")
    } else if (path === "/metrics") {
      pages.metrics().then(
        (text) => answer(response, 200, "text/plain; version=0.0.4; charset=utf-8", text),
        () => answer(response, 500, plain, "the metrics cannot be told\n")
      )
    } else if (path === "/healthz") {
      answer(response, 200, plain, pages.isLogThere() ? "ok\n" : "ok, but the log does not answer\n")
    } else answer(response, 404, plain, "there are /metrics and /healthz\n")
  })
  await listen(server, address)
  const bound = server.address()
  const port = typeof bound === "object" && bound !== null ? bound.port : address.port
  const host = address.host.includes(":") ? `[${address.host}]` : address.host
  return {
    url: `http://${host}:${port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}
