import { expect, test } from "vitest";
import { Html, html } from "./html.ts";

test("every text is escaped, in attributes too; markup stays; nothing leaves no trace", () => {
  const hostile = `"><script>alert('1')</script>&amp;`;
  const made = html`<a title="${hostile}">${[hostile, html`<b>${1}</b>`, null, undefined, false]}</a>`;
  const escaped = "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;";
  expect(made).toEqual(new Html(`<a title="${escaped}">${escaped}<b>1</b></a>`));
});

test("what only looks like markup is a text", () => {
  expect(html`${JSON.parse('["<i>"]') as string[]}`.markup).toBe("&lt;i&gt;");
});
