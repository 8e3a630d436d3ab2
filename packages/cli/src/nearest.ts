const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length]!
}

/** The word that was most likely meant; undefined where none is near. */
export const nearest = (word: string, known: Iterable<string>): string | undefined => {
  const lower = word.toLowerCase()
  const [best] = [...known]
    .map((one) => ({ one, far: distance(lower, one.toLowerCase()) }))
    .sort((a, b) => a.far - b.far || (a.one < b.one ? -1 : 1))
  return best !== undefined && best.far <= Math.max(2, word.length / 3) ? best.one : undefined
}
