import files from "@plimsoll/connector-files"
import { components } from "@plimsoll/quality"
import { defineConfig } from "plimsoll"
import { shifts } from "./staffing/events.ts"
import { staffing } from "./staffing/module.ts"

export default defineConfig({
  project: "tenth-module",
  organisation: "my-hospital",
  zone: "Europe/London",
  // The sample ends here. Take this line out when your own figures come in.
  clock: "2026-06-29",
  microsystems: [
    { id: "oak", name: "Oak ward (simulated)", kind: "ward" },
    { id: "elm", name: "Elm ward (simulated)", kind: "ward" }
  ],
  connectors: [files({ instance: "shifts", stream: shifts, path: "data/shifts.csv" })],
  // The nine that come with Plimsoll, and one more.
  modules: [...components(), staffing()]
})
