"""The benchmark's figures as tables for the terminal."""

from math import floor, log10

from rich.console import Console
from rich.table import Table

from bench.ratios import Spread
from bench.rounds import ENGINES


def figure(x: float) -> str:
    """Three significant digits, thousands separated."""
    places = max(0, 2 - floor(log10(x))) if x > 0 else 0
    return f"{x:,.{places}f}"


def show(value: Spread | None, unit: float = 1.0) -> str:
    """Median and range in `unit`."""
    if value is None:
        return "-"
    middle, low, high = (figure(x / unit) for x in value)
    return f"{middle} ({low}-{high})"


def print_context(console: Console, about: dict) -> None:
    """Machine, versions and ceilings."""
    machine, ceilings = about["machine"], about["ceilings"]
    load = ", ".join(f"{x:.1f}" for x in machine["load"] or []) or "unknown"
    console.print(
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, load before the start {load}"
    )
    console.print(", ".join(f"{name} {number}" for name, number in about["versions"].items()))
    console.print(
        f"ceilings of one thread, single precision: memory {ceilings['copied_bytes_per_s'] / 1e9:.1f} GB/s copied / "
        f"{ceilings['bytes_per_opportunity']} bytes = "
        f"{ceilings['opportunities_per_s_by_memory'] / 1e6:,.0f} M opportunities/s; logarithms "
        f"{ceilings['logarithms_per_s'] / 1e9:.2f} G/s / {ceilings['logarithms_per_opportunity']} = "
        f"{ceilings['opportunities_per_s_by_logarithms'] / 1e6:,.0f} M opportunities/s",
        soft_wrap=True,
    )


def print_engines(console: Console, rows: list[dict], exponents: dict[str, float | None]) -> None:
    """One table per market size: median over the rounds, range in brackets."""
    for customers in sorted({row["customers"] for row in rows}):
        title = f"Reference model, {customers:,} customers: median (range) over the rounds"
        table = Table(title=title, title_justify="left")
        table.add_column("one thread, warm")
        for heading in ("M opportunities/s", "CPU time / scalar C", "times Mesa's speed", "bytes/customer"):
            table.add_column(heading, justify="right")
        for row in rows:
            if row["customers"] == customers:
                table.add_row(
                    ENGINES[row["engine"]],
                    show(row["opportunities_per_cpu_s"], 1e6),
                    show(row["cpu_over_scalar_c"]),
                    show(row["times_faster_than_mesa"]),
                    show(row["bytes_per_customer"]),
                )
        console.print(table)
    grown = [f"{ENGINES[key]} {value:.2f}" for key, value in exponents.items() if value is not None]
    if grown:
        console.print(
            f"cost grows with customers to the power of (1 is linear): {'; '.join(grown)}", soft_wrap=True
        )


def print_workloads(console: Console, done: list[dict]) -> None:
    """Our own workloads, one row each."""
    table = Table(title="Regulars, full market (community supermarket)", title_justify="left")
    table.add_column("workload")
    table.add_column("arguments")
    table.add_column("figures")
    for one in done:
        arguments = ", ".join(
            f"{key} {value:,}" if isinstance(value, int) else str(value)
            for key, value in one["arguments"].items()
        )
        said = one.get("figures")
        figures = (
            f"not measured: {one['not_measured']}"
            if said is None
            else "\n".join(
                f"{key} {figure(value)}" for key, value in said.items() if key not in one["arguments"]
            )
        )
        table.add_row(one["name"], arguments, figures)
    console.print(table)
