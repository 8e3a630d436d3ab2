import type { Command } from "commander"
import type { InProject } from "./in-project.ts"
import { examples } from "./usage.ts"

interface Json {
  readonly json?: boolean
}

/** Adds `plimsoll wave …` and `plimsoll vault …`. */
export const registerSurvey = (program: Command, inProject: InProject): void => {
  const wave = program
    .command("wave")
    .description("waves of surveys: sealed answers go in, and figures that give nobody away come out")
  wave
    .command("list")
    .description("the waves and where each stands")
    .option("--json", "print them as JSON")
    .addHelpText("after", examples("plimsoll wave list"))
    .action((flags: Json) =>
      inProject(async (project, terminal) =>
        (await import("./commands/wave.ts")).waveList(project, terminal, flags)
      )
    )
  wave
    .command("close")
    .description(
      "read what there is to read, freeze the tree of units, add the sealed answers up and release the figures that rest on enough people: once, and for good. Needs the vault"
    )
    .argument("<wave>", "the id of the wave")
    .option("--now", "before its last day is over")
    .option(
      "--leave-out <places...>",
      "do without sealed records that do not open, PARTITION/OFFSET each, as the release will say"
    )
    .option("--json", "print the release as JSON")
    .addHelpText(
      "after",
      examples("plimsoll wave close staff-2026", "plimsoll wave close staff-2026 --leave-out 0/17")
    )
    .action(
      (id: string, flags: Json & { readonly now?: boolean; readonly leaveOut?: ReadonlyArray<string> }) =>
        inProject(async (project, terminal) =>
          (await import("./commands/wave.ts")).waveClose(project, terminal, id, flags)
        )
    )
  wave
    .command("verify")
    .description(
      "make a release again from the sealed answers, and compare. Needs the vault. Exit code 8: it does not hold"
    )
    .argument("<wave>", "the id of the wave")
    .option("--json", "print what was found as JSON")
    .addHelpText("after", examples("plimsoll wave verify staff-2026"))
    .action((id: string, flags: Json) =>
      inProject(async (project, terminal) =>
        (await import("./commands/wave-verify.ts")).waveVerify(project, terminal, id, flags)
      )
    )
  wave
    .command("withdraw")
    .description("take a release back as a whole, when it is wrong; the wave is not released again")
    .argument("<wave>", "the id of the wave")
    .requiredOption("--reason <words>", "why, for everybody to read")
    .addHelpText("after", examples('plimsoll wave withdraw staff-2026 --reason "asked with the wrong key"'))
    .action((id: string, flags: { readonly reason: string }) =>
      inProject(async (project, terminal) =>
        (await import("./commands/wave.ts")).waveWithdraw(project, terminal, id, flags)
      )
    )
  const vault = program
    .command("vault")
    .description("the keys of what is sealed: answers by wave, notes and stories each by its own")
  vault
    .command("list")
    .description("what there is a key for, and what was erased")
    .option("--json", "print it as JSON")
    .addHelpText("after", examples("plimsoll vault list"))
    .action((flags: Json) =>
      inProject(async (project, terminal) =>
        (await import("./commands/vault.ts")).vaultList(project, terminal, flags)
      )
    )
  vault
    .command("letters")
    .description(
      "rows of sealed streams that could not be read: where they stand, and nothing of what is in them"
    )
    .option("--json", "print them as JSON")
    .addHelpText("after", examples("plimsoll vault letters"))
    .action((flags: Json) =>
      inProject(async (project, terminal) =>
        (await import("./commands/vault.ts")).vaultLetters(project, terminal, flags)
      )
    )
  vault
    .command("erase")
    .description("destroy a key: what it sealed stays on the log, and nobody can ever read it again")
    .argument("<stream>", "the stream, as vault list says it")
    .argument("<scope>", "the wave, or the id of the note or story")
    .option("--yes", "you are sure")
    .addHelpText("after", examples("plimsoll vault erase culture.answer.v1 staff-2026 --yes"))
    .action((stream: string, scope: string, flags: { readonly yes?: boolean }) =>
      inProject(async (project, terminal) =>
        (await import("./commands/vault.ts")).vaultErase(project, terminal, stream, scope, flags)
      )
    )
}
