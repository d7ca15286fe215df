// From 1,080 px a why opens beside the page it was asked from; below, its link leads to a page.

const WIDE = matchMedia("(min-width: 1080px)");

export function startDrawer(htmx) {
  const drawer = document.getElementById("drawer");
  if (!drawer) return;
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-why]");
    if (!link || !WIDE.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    await htmx.ajax("GET", `${link.getAttribute("href")}/drawer`, {
      target: "#drawer-body",
      swap: "innerHTML",
    });
    drawer.showModal();
  });
  drawer.addEventListener("click", (event) => {
    if (event.target === drawer || event.target.closest("[data-close]")) drawer.close();
  });
}
