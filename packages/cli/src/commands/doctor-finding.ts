/** One thing that `plimsoll doctor` looked at. */
export interface Finding {
  readonly check: string
  readonly state: "ok" | "warn" | "bad" | "unknown"
  readonly message: string
  readonly configPath?: string
  readonly suggestion?: string
}
