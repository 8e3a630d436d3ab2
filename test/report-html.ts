const voids = new Set(["meta", "link", "img", "br", "hr", "input"])
const attribute = /\s+([a-zA-Z][\w:-]*)(?:="([^"<]*)")?/g

/** An element of a page, in the order of the page. */
export interface PageElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  /** The names of those around it. */
  readonly inside: ReadonlyArray<string>
  /** Its first child element, if it has one. */
  readonly firstChild: string | undefined
}

/**
 * Reads a page strictly: every element closed in its order, every attribute quoted and written once, no bare ampersand or angle.
 * Throws where it is otherwise.
 */
export const elementsOf = (page: string): ReadonlyArray<PageElement> => {
  const found: Array<{ -readonly [Key in keyof PageElement]: PageElement[Key] }> = []
  const open: Array<(typeof found)[number]> = []
  const [doctype] = /^<!doctype html>\n/.exec(page) ?? []
  if (doctype === undefined) throw new Error("the page does not begin with its doctype")
  let at = doctype.length
  const text = (until: number) => {
    const words = page.slice(at, until)
    if (open.at(-1)?.name === "style") return
    if (/&(?!(amp|lt|gt|quot|#39);)/.test(words) || words.includes(">"))
      throw new Error(`something is not escaped before ${until}`)
  }
  for (const { 0: tag, index } of page.slice(at).matchAll(/<[^>]*>/g)) {
    const start = doctype.length + index
    text(start)
    at = start + tag.length
    const close = /^<\/([a-z0-9]+)>$/.exec(tag)
    if (close !== null) {
      const last = open.pop()
      if (last?.name !== close[1]) throw new Error(`${tag} closes ${last?.name ?? "nothing"}`)
      continue
    }
    const begin = /^<([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z][\w:-]*(?:="[^"<]*")?)*)\s*(\/?)>$/.exec(tag)
    if (begin === null) throw new Error(`${tag} is no tag`)
    const attributes = new Map<string, string>()
    for (const [, name, value] of begin[2]!.matchAll(attribute)) {
      if (attributes.has(name!)) throw new Error(`${tag} says ${name} twice`)
      attributes.set(name!, value ?? "")
    }
    const element = {
      name: begin[1]!,
      attributes,
      inside: open.map(({ name }) => name),
      firstChild: undefined
    }
    const parent = open.at(-1)
    if (parent !== undefined) parent.firstChild ??= element.name
    found.push(element)
    if (begin[3] === "" && !voids.has(element.name)) open.push(element)
  }
  text(page.length)
  if (open.length > 0) throw new Error(`${open.map(({ name }) => name).join(", ")} stay open`)
  return found
}
