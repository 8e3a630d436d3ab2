/** What can go wrong with a broker of our own, each with its cure. */
export type KafkaFaultCode =
  | "no-java"
  | "no-maven"
  | "no-openssl"
  | "no-jars"
  | "port-taken"
  | "bad-setting"
  | "another-cluster"
  | "not-running"
  | "not-ready"
  | "ended"
  | "refused"
  | "usage"

export class KafkaFault extends Error {
  override readonly name = "KafkaFault"
  readonly code: KafkaFaultCode
  /** What the person at the keyboard can do about it. */
  readonly suggestion: string

  constructor(code: KafkaFaultCode, message: string, suggestion: string) {
    super(message)
    this.code = code
    this.suggestion = suggestion
  }
}
