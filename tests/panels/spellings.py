"""A small log, and the many ways in which people write one."""

import zipfile

import numpy as np
import pandas as pd

from regulars.panels import read

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def a_log(n=60, seed=3, firms=("Nord", "Süd", "West")):
    """Purchases with clocks, of customers who buy several times; amounts from 1 to 4,000 with cents."""
    g = np.random.default_rng(seed)
    minutes = (
        480 + np.sort(g.choice(200, n)) * 1440 + g.choice(720, n, replace=False)
    )  # by day: every clock has these
    return pd.DataFrame(
        {
            "customer": g.integers(101, 113, n),
            "time": pd.Timestamp("2024-01-05") + pd.to_timedelta(minutes, unit="min"),
            "firm": g.choice(list(firms), n),
            "amount": np.round(np.exp(g.normal(4, 1.5, n)) + 1, 2),
        }
    )


def german(value, thousands="."):
    """1234.5 as 1.234,50."""
    return f"{value:,.2f}".replace(",", "X").replace(".", ",").replace("X", thousands)


def lines(frame, sep=",", head=None):
    """The frame as text with any separator, cells as they are."""
    rows = "".join(sep.join(map(str, row)) + "\n" for row in frame.itertuples(index=False))
    return sep.join(head or frame.columns) + "\n" + rows


def same(left, right, days=True):
    """Whether two panels hold the same purchases."""
    one, two = (p.purchases[["customer", "time", "firm", "amount"]].round({"time": 6}) for p in (left, right))
    pd.testing.assert_frame_equal(one, two, check_exact=False, atol=1e-9)
    assert (left.start, left.days if days else 0) == (right.start, right.days if days else 0)


def of(tmp_path, content, name="log.csv", encoding="utf-8", **options):
    """The panel of a text."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return read(path, **options)


def workbook(path, rows, sheets=("Sheet1",)):
    """A minimal .xlsx: every sheet holds the rows; times are cells of a date."""

    def cell(row, column, value):
        place = f'r="{chr(65 + column)}{row}"'
        if isinstance(value, pd.Timestamp):
            number = (value - pd.Timestamp("1899-12-30")) / pd.Timedelta(days=1)
            return f'<c {place} s="1"><v>{number!r}</v></c>'
        if isinstance(value, (int, float)):
            return f"<c {place}><v>{value!r}</v></c>"
        return f'<c {place} t="inlineStr"><is><t>{value}</t></is></c>' if value else ""

    body = "".join(
        f'<row r="{r}">{"".join(cell(r, k, v) for k, v in enumerate(row))}</row>'
        for r, row in enumerate(rows, 1)
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
        + "".join(f'<Override PartName="/xl/worksheets/sheet{k}.xml" ContentType="{kind}.worksheet+xml"/>' for k in range(len(sheets)))
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {NAMESPACE} xmlns:r="{OFFICE}"><sheets>'
        + "".join(f'<sheet name="{n}" sheetId="{k + 1}" r:id="s{k}"/>' for k, n in enumerate(sheets))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(f'<Relationship Id="s{k}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{k}.xml"/>' for k in range(len(sheets)))
        + f'<Relationship Id="styles" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {NAMESPACE}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>',
        **{f"xl/worksheets/sheet{k}.xml": f"<worksheet {NAMESPACE}><sheetData>{body}</sheetData></worksheet>" for k in range(len(sheets))},
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path
