/** The conformance kit: what every connector must do, whoever wrote it. */
export { connectorConformance, type ConformanceCheck, type ConformanceOptions } from "./conformance.ts"
export {
  type ConformanceLogs,
  type ConformanceModule,
  type ConformanceSource,
  type LogsModule
} from "./subject.ts"
