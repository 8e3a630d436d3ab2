/** Quality control by teams themselves. */
export { control, type ControlOptions } from "./module.ts"
export { type ThemeOptions } from "./theme-measure.ts"
export {
  Annotation,
  annotations,
  AssignableCause,
  Coding,
  codings,
  ControlSetting,
  controlSettings,
  Headcount,
  headcounts,
  Huddle,
  huddles,
  SignalResponse,
  signalResponses,
  Theme,
  themes
} from "./events.ts"
