import { ConnectorError } from "@plimsoll/connector"
import { PlimsollError } from "@plimsoll/schema"

/**
 * What a connector threw, as an error that may be shown: the message of a foreign error can hold a row's value, so
 * only its frames are kept.
 */
export const connectorFailure = (error: unknown, connector: string, stream: string): PlimsollError => {
  if (error instanceof PlimsollError) return error
  const message = `connector "${connector}" failed while it read stream "${stream}"`
  const failure = new ConnectorError("bug", {
    code: "connector-failed",
    message,
    suggestion: "this is a mistake in the connector: report it to its author, with the frames of this error"
  })
  const frames = error instanceof Error ? (error.stack ?? "").split("\n") : []
  failure.stack = [
    `PlimsollError: ${message}`,
    ...frames.filter((line) => /^ {4}at \S.*:\d+:\d+\)?$/.test(line))
  ].join("\n")
  return failure
}

const mostTries = 5
const firstDelay = 100

/** Milliseconds to wait before a read is tried again; undefined where it is not. @param tries how often it has been */
export const delayBefore = (error: PlimsollError, tries: number): number | undefined => {
  if (!(error instanceof ConnectorError) || tries >= mostTries) return undefined
  const delay = firstDelay * 2 ** tries * (0.8 + Math.random() * 0.4)
  if (error.kind === "transient") return delay
  return error.kind === "rate-limited" ? (error.retryAfter ?? delay) : undefined
}
