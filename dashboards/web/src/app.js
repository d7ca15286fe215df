// Scripts make the pages faster, never possible: everything here works on links and forms that
// do the same without it.
import htmx from "htmx.org";
import { drawChart } from "./chart.js";
import { startCopying } from "./copy.js";
import { startDrawer } from "./drawer.js";
import { startLive } from "./live.js";
import { startMenus } from "./menus.js";

startMenus();
startCopying();
startDrawer(htmx);
startLive(htmx);
drawChart();

document.addEventListener("htmx:after:swap", drawChart);
