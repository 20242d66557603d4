/** Made-up descriptions of four topics, which the tiny model learns in seconds. */

const topics = {
  game: ["game", "play", "player"],
  mail: ["mail", "server", "user"],
  music: ["music", "sound", "player"],
  picture: ["image", "video", "game"],
} as const;
type Topic = keyof typeof topics;
const names = Object.keys(topics) as Topic[];
const filler =
  "a an and are as by can data for free from in into is it library of on or that the this to tool with your".split(" ");

export interface TopicOptions {
  readonly rows: number;
  readonly seed: number;
  /** Share of rows whose label is somebody else's; 1 makes every label a matter of luck. */
  readonly mislabelled?: number;
}

/** JSON lines of `{text, label, length}`. The first keyword of a topic is its own; the others mislead. */
export function topicRows({ rows, seed, mislabelled = 0 }: TopicOptions): string {
  const random = generator(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  return Array.from({ length: rows }, () => {
    const topic = pick(names);
    const words = Array.from({ length: 8 + Math.floor(random() * 5) }, () => pick(filler));
    words.splice(Math.floor(random() * words.length), 0, topics[topic][0]);
    if (random() < 0.3) words.push(pick(topics[topic]));
    const label = random() < mislabelled ? pick(names) : topic;
    return JSON.stringify({ text: words.join(" "), label, length: words.length > 11 ? "long" : "short" });
  }).join("\n");
}

/** Mulberry32: small, and the same everywhere. https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
