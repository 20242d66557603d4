import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { commit, createRepo, listFiles, repoExists } from "@huggingface/hub";

const checkout = resolve(import.meta.dirname, "../..");
export const accessToken = "hf_test";
export const topics = { type: "dataset", name: "retemper/topics" } as const;
export const tinyBert = { type: "model", name: "retemper/tiny-bert" } as const;

/** What tests put on the Hub and look up there. */
export class HubRepos {
  readonly #hubUrl: string;

  constructor(hubUrl: string) {
    this.#hubUrl = hubUrl;
  }

  /** A model that trains in seconds; `folder` is for its files. */
  async seedTinyBert(folder: string): Promise<void> {
    const python = join(checkout, ".retemper/venv/bin/python");
    await promisify(execFile)(python, ["-m", "trainer.testing.tiny_bert", "--out", folder], { cwd: checkout });
    const names = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt"];
    const files = await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const));
    await this.commit(tinyBert, "A tiny BERT", Object.fromEntries(files));
  }

  /** A new revision of the data set `retemper/topics`. */
  async commitTopics(files: { readonly train: string; readonly test: string }): Promise<void> {
    await this.commit(topics, "More rows", { "train.jsonl": files.train, "test.jsonl": files.test });
  }

  async files(type: "model" | "dataset", name: string): Promise<string[]> {
    const files: string[] = [];
    const repo = { type, name };
    for await (const file of listFiles({ repo, hubUrl: this.#hubUrl, accessToken, recursive: true })) {
      if (file.type === "file") files.push(file.path);
    }
    return files.sort();
  }

  /** A new revision of any repo. */
  async commit(
    repo: { readonly type: "dataset" | "model"; readonly name: string },
    title: string,
    files: Readonly<Record<string, string | Buffer>>,
  ): Promise<void> {
    const access = { repo, hubUrl: this.#hubUrl, accessToken };
    if (!(await repoExists(access))) await createRepo(access);
    const operations = Object.entries(files).map(([path, content]) => ({
      operation: "addOrUpdate" as const,
      path,
      content: new Blob([typeof content === "string" ? content : new Uint8Array(content)]),
    }));
    await commit({ ...access, title, operations });
  }
}
