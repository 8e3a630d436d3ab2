import { copyFileSync, readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"

// A module reads its SQL from beside itself, built or not.
const home = fileURLToPath(new URL("..", import.meta.url))
for (const file of readdirSync(`${home}src`, { recursive: true, encoding: "utf8" })) {
  if (file.endsWith(".sql")) copyFileSync(`${home}src/${file}`, `${home}dist/${file}`)
}
