#!/usr/bin/env node
import { enableCompileCache } from "node:module"
import { setFlagsFromString } from "node:v8"

// Halves the start of every command after the first (measured); Node keeps the cache in the system's temporary folder.
enableCompileCache()
// Rows live for a moment: a young generation that does not grow keeps memory a third lower, at a tenth of the speed (measured).
setFlagsFromString("--semi-space-growth-factor=1")
const { main } = await import("./main.ts")
process.exitCode = await main(process.argv)
