/** Times as its reader's clock has them, and durations that go on while one looks. */

const moments = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export function localTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]"))
    time.textContent = moments.format(new Date(time.dateTime));
}

let counting = [];

/** @param root whose `data-elapsed` were right this very moment */
export function count(root) {
  const now = performance.now();
  counting = [...root.querySelectorAll("[data-elapsed]")].map((element) => ({
    element,
    began: now - Number(element.dataset.elapsed),
  }));
}

setInterval(() => {
  for (const { element, began } of counting) element.textContent = duration(performance.now() - began);
}, 1000);

function duration(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  const padded = (value) => String(value).padStart(2, "0");
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${padded(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${padded(Math.floor((seconds % 3600) / 60))} min`;
}
