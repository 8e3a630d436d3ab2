import type { Complaint } from "@plimsoll/schema"

// Only types are imported from the schema: it brings Effect with it, and `plimsoll --help` must not wait for that.

/** Several things that are wrong at once, such as every field of a config that does not fit. */
export class Complaints extends Error implements Complaint {
  override readonly name = "Complaints"
  readonly all: readonly [Complaint, ...Complaint[]]
  readonly code: string
  readonly configPath: string | undefined
  readonly suggestion: string | undefined

  constructor(all: readonly [Complaint, ...Complaint[]]) {
    super(all[0].message)
    this.all = all
    this.code = all[0].code
    this.configPath = all[0].configPath
    this.suggestion = all[0].suggestion
  }
}

/** Whether it says what is wrong and what to do; by its shape, since a project may bring a copy of the class of its own. */
export const isComplaint = (error: unknown): error is Complaint & Error =>
  error instanceof Error && "code" in error && "suggestion" in error && typeof error.code === "string"

/** What is wrong, whatever was thrown. */
export const complaintsOf = (error: unknown): readonly [Complaint, ...Complaint[]] => {
  if (error instanceof Complaints) return error.all
  if (isComplaint(error)) return [error]
  const cause = error as { readonly code?: unknown; readonly message?: unknown } | null | undefined
  if (cause?.code === "ENOSPC" || cause?.code === "EDQUOT") {
    return [
      {
        code: "disk-full",
        message: "no space left on the disk",
        suggestion: "free some space and run again: nothing that was committed is lost"
      }
    ]
  }
  return [
    {
      code: "unexpected",
      message: typeof cause?.message === "string" ? cause.message : String(error),
      suggestion: "this is a fault of plimsoll: run again with --debug and report what it prints"
    }
  ]
}

/** Three lines a complaint: what, where, what to do. */
export const complaintText = (complaint: Complaint): string =>
  [
    `error: ${complaint.message}`,
    ...(complaint.configPath === undefined ? [] : [`   at: ${complaint.configPath}`]),
    ...(complaint.suggestion === undefined ? [] : [`   do: ${complaint.suggestion}`])
  ].join("\n")
