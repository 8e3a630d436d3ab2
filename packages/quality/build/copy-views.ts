import { copyFileSync, readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"

// A module reads its SQL from beside itself, built or not; the methods of a report are made of the READMEs.
const home = fileURLToPath(new URL("..", import.meta.url))
for (const file of readdirSync(`${home}src`, { recursive: true, encoding: "utf8" })) {
  if (/\.sql$|README\.md$/.test(file)) copyFileSync(`${home}src/${file}`, `${home}dist/${file}`)
}
