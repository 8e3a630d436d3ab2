/** The components of the quality management system, each a module of the analytic core. */
export { defineModule, type ModuleOptions, type QualityModule } from "@plimsoll/core"
