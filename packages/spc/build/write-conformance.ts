/** Makes the files of `conformance/`. Run by hand, from the root: `node packages/spc/build/write-conformance.ts`. */
import { mkdirSync, writeFileSync } from "node:fs"

import { drafts, makeCase } from "./conformance/make.ts"
import { render } from "./conformance/render.ts"

const folder = new URL("../conformance/", import.meta.url)
mkdirSync(new URL("cases/", folder), { recursive: true })
for (const [name, text] of render(drafts.map(makeCase))) writeFileSync(new URL(name, folder), text)
