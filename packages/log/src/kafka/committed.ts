/** A batch of records as it stands in a partition. */
export interface StoredBatch {
  readonly producerId: bigint
  readonly firstOffset: number
  readonly lastOffset: number
  readonly transactional: boolean
  /** Of the mark that ends a transaction: whether it was aborted. Undefined for records. */
  readonly mark?: "abort" | "commit" | undefined
}

/** Where a transaction that was aborted begins. */
export interface Aborted {
  readonly producerId: bigint
  readonly firstOffset: number
}

/**
 * Leaves out the marks of transactions and what belongs to an aborted one. `aborted` is what the broker names for
 * this stretch. A producer may abort several times in it, and the mark of the last may lie beyond it: so each begins
 * at its offset, and holds until a mark of its producer.
 */
export const committedOnly = <Batch extends StoredBatch>(
  batches: ReadonlyArray<Batch>,
  aborted: ReadonlyArray<Aborted>
): ReadonlyArray<Batch> => {
  const starts = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset)
  const open = new Set<bigint>()
  let next = 0
  return batches.filter((batch) => {
    while (next < starts.length && starts[next]!.firstOffset <= batch.lastOffset)
      open.add(starts[next++]!.producerId)
    if (batch.mark !== undefined) {
      open.delete(batch.producerId)
      return false
    }
    return !(batch.transactional && open.has(batch.producerId))
  })
}
