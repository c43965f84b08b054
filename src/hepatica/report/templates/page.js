(() => {
  const root = document.documentElement;
  const hint = document.getElementById("hint");
  const theme = document.getElementById("theme");
  const keys = document.getElementById("keys-on");
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const name = () => { theme.textContent = dark() ? theme.dataset.light : theme.dataset.dark; };
  const turn = () => { root.dataset.theme = dark() ? "light" : "dark"; name(); };
  theme.hidden = false;
  theme.addEventListener("click", turn);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);
  name();

  const asked = (e) => e.target instanceof Element ? e.target.closest("button.n") : null;
  const tell = (e) => {
    const button = asked(e);
    const pane = button && document.getElementById(button.getAttribute("popovertarget"));
    hint.hidden = !pane;
    if (pane) hint.textContent = pane.dataset.hint + " · " + hint.dataset.press;
  };
  document.addEventListener("pointerover", tell);
  document.addEventListener("focusin", tell);
  document.addEventListener("click", (e) => {
    const button = asked(e);
    const pane = button && document.getElementById(button.getAttribute("popovertarget"));
    if (!pane) return;
    pane.querySelector(".asked").textContent = button.textContent.trim();
    pane.querySelector(".path").textContent = "hepatica why plan.json '" + button.dataset.path + "'";
  }, true);

  const wide = matchMedia("(min-width: 75rem)");
  const contents = document.getElementById("contents");
  const unfold = () => { contents.open = wide.matches; };
  wide.addEventListener("change", unfold);
  unfold();

  const parts = [...document.querySelectorAll("section[id]")];
  const links = new Map([...document.querySelectorAll("nav.toc a")].map((a) => [a.hash.slice(1), a]));
  const mark = () => {
    const here = parts.filter((p) => p.getBoundingClientRect().top < innerHeight * 0.35).pop() || parts[0];
    links.forEach((a, id) => id === here.id ? a.setAttribute("aria-current", "location") : a.removeAttribute("aria-current"));
    return parts.indexOf(here);
  };
  addEventListener("scroll", mark, { passive: true });
  mark();

  const closed = new Set();
  addEventListener("beforeprint", () => document.querySelectorAll("details:not([open]):not(.data)").forEach((d) => { closed.add(d); d.open = true; }));
  addEventListener("afterprint", () => { closed.forEach((d) => { d.open = false; }); closed.clear(); });

  addEventListener("keydown", (e) => {
    if (!keys.checked || e.ctrlKey || e.metaKey || e.altKey || e.target.matches("input,textarea,select")) return;
    const step = { j: 1, k: -1 }[e.key];
    if (step) {
      const next = parts[Math.min(Math.max(mark() + step, 0), parts.length - 1)];
      next.scrollIntoView();
      const heading = next.querySelector("h1,h2");
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    } else if (e.key === "t") turn();
    else if (e.key === "?") document.getElementById("keys").togglePopover();
  });
})();
