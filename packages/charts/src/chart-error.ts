/** Why a chart could not be drawn: `message` says where, `suggestion` the cure. Never holds a value of the data. */
export class ChartError extends Error {
  readonly code: "chart-period"
  readonly configPath: string
  readonly suggestion: string

  constructor(code: "chart-period", configPath: string, message: string, suggestion: string) {
    super(message)
    this.name = "ChartError"
    this.code = code
    this.configPath = configPath
    this.suggestion = suggestion
  }
}
