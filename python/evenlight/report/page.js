"use strict";
document.documentElement.classList.add("js");
const frames = [...document.querySelectorAll(".frame")];

for (const frame of frames) {
  const wipe = frame.querySelector(".wipe");
  const range = frame.querySelector("input");
  const button = frame.querySelector("button");
  const place = (value) => {
    range.value = value;
    wipe.style.setProperty("--place", `${value}%`);
  };
  const differ = (on) => {
    wipe.classList.toggle("differs", on);
    button.setAttribute("aria-pressed", String(on));
  };
  range.addEventListener("input", () => place(range.value));
  button.addEventListener("click", () => differ(!wipe.classList.contains("differs")));
  frame.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "b") place(100);
    else if (key === "a") place(0);
    else if (key === "d") differ(!wipe.classList.contains("differs"));
    else if (event.target !== range && (key === "arrowleft" || key === "arrowright")) {
      const next = frames[frames.indexOf(frame) + (key === "arrowright" ? 1 : -1)];
      if (next) {
        next.focus();
        next.scrollIntoView({ block: "nearest" });
        event.preventDefault();
      }
    }
  });
}
