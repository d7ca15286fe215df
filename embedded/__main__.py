"""`python -m embedded`, which is what `./counterfoil` becomes."""

from embedded.cli.demo import demo
from embedded.cli.developing import bench, check, test
from embedded.cli.logs import logs
from embedded.cli.options import Group
from embedded.cli.rooms import apply, explain, settle, sql
from embedded.cli.running import down, status, up

main = Group(
    name="counterfoil",
    help="Pay partners for results both sides can check: the whole stack on one machine.",
    commands=[demo, up, down, status, logs, apply, settle, explain, sql, check, test, bench],
    context_settings={"max_content_width": 100},
)

if __name__ == "__main__":
    main(prog_name="./counterfoil")
