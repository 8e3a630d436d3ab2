import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { referencePages } from "./reference.ts"
import { root } from "./workspace.ts"

const command = "npm run -s workspace -- node --conditions=@plimsoll/source test/reference.ts"

test.each([...referencePages()])(
  `docs/reference/%s is what the source says (${command} makes it)`,
  (name, text) => expect(readFileSync(join(root, "docs/reference", name), "utf8")).toBe(text)
)
