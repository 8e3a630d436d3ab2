/** What a member of a lease's group says of itself. */
export interface Claim {
  /** Whether it was given the lease and has not lost it. */
  readonly holds: boolean
  /** Milliseconds since 1970 by its own clock: since when it waits. */
  readonly since: number
}

/** A member as the leader of its group sees it. */
export interface Claimant {
  readonly id: string
  /** Undefined where it cannot be read. */
  readonly claim: Claim | undefined
}

/** A member, with the bytes that stand for its claim or for what it is given. */
export interface MemberBytes {
  readonly id: string
  readonly bytes: Buffer
}

/** The name by which members know that they share this way to assign. */
export const leaseProtocol = "plimsoll-lease"

/**
 * Who gets the lease: who holds it, else who has waited longest. Of two who say that they hold it, the one who came
 * first; of two who came at the same moment, the one whose id is less. Who cannot be understood waits behind the others.
 */
export const chooseHolder = (members: ReadonlyArray<Claimant>): string | undefined =>
  members.toSorted(
    (a, b) =>
      Number(b.claim?.holds ?? false) - Number(a.claim?.holds ?? false) ||
      compare(a.claim?.since ?? Infinity, b.claim?.since ?? Infinity) ||
      compare(a.id, b.id)
  )[0]?.id

const compare = <A extends string | number>(a: A, b: A): number => (a < b ? -1 : a > b ? 1 : 0)

// What follows are the subscription and the assignment of Kafka's consumer protocol, version 0: so the tools that
// come with Kafka show who holds a lease.

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

const name = (text: string): Buffer => Buffer.concat([int16(Buffer.byteLength(text)), Buffer.from(text)])

/** What a member sends to join: the topic, and its claim as JSON. */
export const encodeClaim = (topic: string, { holds, since }: Claim): Buffer => {
  const claim = Buffer.from(JSON.stringify({ holds, since }))
  return Buffer.concat([int16(0), int32(1), name(topic), int32(claim.length), claim])
}

/** The claim of a member; undefined where it is none of ours. */
export const decodeClaim = (bytes: Buffer): Claim | undefined => {
  try {
    let at = 6
    for (let topics = bytes.readInt32BE(2); topics > 0; topics--) at += 2 + bytes.readInt16BE(at)
    const length = bytes.readInt32BE(at)
    const claim: unknown = JSON.parse(bytes.toString("utf8", at + 4, at + 4 + length))
    return typeof claim === "object" &&
      claim !== null &&
      "holds" in claim &&
      typeof claim.holds === "boolean" &&
      "since" in claim &&
      typeof claim.since === "number"
      ? { holds: claim.holds, since: claim.since }
      : undefined
  } catch {
    return undefined
  }
}

const encodeAssignment = (topic: string | undefined): Buffer =>
  topic === undefined
    ? Buffer.concat([int16(0), int32(0), int32(-1)])
    : Buffer.concat([int16(0), int32(1), name(topic), int32(1), int32(0), int32(-1)])

/** What the leader of the group answers: to each member, whether partition 0 of the topic is its own. */
export const assignLease = (
  topic: string,
  members: ReadonlyArray<MemberBytes>
): ReadonlyArray<MemberBytes> => {
  const holder = chooseHolder(members.map(({ id, bytes }) => ({ id, claim: decodeClaim(bytes) })))
  return members.map(({ id }) => ({ id, bytes: encodeAssignment(id === holder ? topic : undefined) }))
}

/** Whether an assignment gives the lease. */
export const givesLease = (assignment: Buffer): boolean =>
  assignment.length >= 6 && assignment.readInt32BE(2) > 0
