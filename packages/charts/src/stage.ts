/** What Observable Plot needs of a document. Nothing is ever added to it. */
export interface ChartDocument {
  readonly documentElement: unknown
  createElementNS(namespace: string, name: string): unknown
}

/** The given document, the browser's, or, in Node, a stand-in that is loaded only now. */
export const documentFor = async (given: ChartDocument | undefined): Promise<ChartDocument> => {
  if (given !== undefined) return given
  const browser = (globalThis as { readonly document?: ChartDocument }).document
  if (browser !== undefined) return browser
  const { parseHTML } = await import("linkedom/worker")
  return parseHTML("<!doctype html><html><body></body></html>").document
}
