import { text } from "node:stream/consumers"
import { Parser } from "@asyncapi/parser"

// A process of its own: a dependency of the parser is broken in the form that bundlers and vitest would load.
const documents = JSON.parse(await text(process.stdin)) as ReadonlyArray<unknown>
const parser = new Parser()
const all: unknown[] = []
for (const document of documents) all.push(await parser.validate(JSON.stringify(document)))
process.stdout.write(JSON.stringify(all))
