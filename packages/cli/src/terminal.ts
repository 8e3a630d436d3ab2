/** Where a command writes. What it answers goes to `out`; what it says about its work to `note`. */
export interface Terminal {
  out(text: string): void
  note(text: string): void
  /** One line about long work, overwritten by the next; nothing unless a person is watching. */
  progress(text: string): void
}

/** The terminal of this process. `quiet`: only answers and errors. */
export const openTerminal = (options: { readonly quiet?: boolean | undefined } = {}): Terminal => {
  let shown = false
  let last = 0
  const clear = () => {
    if (shown) process.stderr.write("\r\u001b[K")
    shown = false
  }
  return {
    out: (text) => {
      clear()
      process.stdout.write(`${text}\n`)
    },
    note: (text) => {
      clear()
      if (options.quiet !== true) process.stderr.write(`${text}\n`)
    },
    progress: (text) => {
      const now = Date.now()
      if (options.quiet === true || !process.stderr.isTTY || now - last < 100) return
      last = now
      process.stderr.write(`\r\u001b[K${text.slice(0, Math.max(20, process.stderr.columns - 1))}`)
      shown = true
    }
  }
}
