import { copyFileSync, existsSync, readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"

// A module reads its views.sql from beside itself, built or not.
const home = fileURLToPath(new URL("..", import.meta.url))
for (const folder of readdirSync(`${home}src`)) {
  const views = `${home}src/${folder}/views.sql`
  if (existsSync(views)) copyFileSync(views, `${home}dist/${folder}/views.sql`)
}
