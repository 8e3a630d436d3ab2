// The append thread. Imports no other package, so that it runs from source without a resolve condition.
import { parentPort, workerData } from "node:worker_threads"

import { AppendService, type AppendRequest, type Assignment } from "./append-service.ts"

const port = parentPort!
const service = new AppendService(workerData as Assignment)

port.on("message", (request: AppendRequest | "close") => {
  if (request !== "close") {
    port.postMessage(service.do(request))
    return
  }
  service.close()
  port.close()
})
