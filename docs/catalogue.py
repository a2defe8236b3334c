"""Makes the book's pages of the catalogue: catalogue.py FOLDER <catalogue.json.

FOLDER holds a copy of docs/src. Each finding gets a page, the checks get one, and SUMMARY.md gets the list
at its line `<!-- findings -->`, and at `<!-- more -->` the pages that it does not name.
"""

import json
import pathlib
import sys

OWNERS = {
    "host": "someone on the host",
    "account": "the AWS account's administrator",
    "network": "the network's administrator",
    "organization": "the administrator of the AWS organization",
    "client": "the person at the other end of the session",
}
PARTS = [
    ("What it means", "means"),
    ("How it is decided", "decided"),
    ("How to mend it", "mend"),
    ("What it does not prove", "limits"),
    ("Sources", "sources"),
]


def escape(text: str) -> str:
    """Markdown would read `<region>` as HTML and `*` as emphasis, but not between backticks."""
    parts = text.split("`")
    for at in range(0, len(parts), 2):
        for letter in "\\<>*_[]":
            parts[at] = parts[at].replace(letter, "\\" + letter)
    return "`".join(parts)


def finding(row: dict) -> str:
    owner = OWNERS.get(row["owner"], row["owner"])
    page = [f"# {row['id']}", escape(row["title"]) + ".", f"{row['severity'].capitalize()}, to be mended by {owner}."]
    for heading, field in PARTS:
        page += [f"## {heading}", escape(row[field])]
    page.append(f"On a host: `ssm-probe explain {row['id']}`.")
    return "\n\n".join(page) + "\n"


def checks(rows: list) -> str:
    page = ["# Checks", "In the order of the report. A check whose needs did not pass is `unknown`."]
    for row in rows:
        page += [f"## {row['id']}", escape(row["title"]) + "."]
        page.append(f"Looked at: {escape(row['looks_at'])}")
        page.append(f"Judged: {escape(row['judged'])}")
        if row["needs"]:
            needs = ", ".join(f"[{need}](#{need.replace('.', '')})" for need in row["needs"])
            page.append(f"Needs: {needs}")
    return "\n\n".join(page) + "\n"


def index(rows: list) -> str:
    lines = ["# Findings", "", "The nearest to the host first: the first error in this order is the cause.", ""]
    lines += ["| finding | weight | mended by | |", "|---|---|---|---|"]
    for row in rows:
        owner = OWNERS.get(row["owner"], row["owner"])
        lines.append(f"| [{row['id']}]({row['id']}.md) | {row['severity']} | {owner} | {escape(row['title'])} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    catalogue = json.load(sys.stdin)
    assert catalogue["schema"] == "ssm-probe/catalogue/1", catalogue["schema"]
    pages = folder / "findings"
    pages.mkdir(exist_ok=True)
    for row in catalogue["findings"]:
        (pages / f"{row['id']}.md").write_text(finding(row))
    (pages / "README.md").write_text(index(catalogue["findings"]))
    (folder / "checks.md").write_text(checks(catalogue["checks"]))
    summary = folder / "SUMMARY.md"
    text = summary.read_text()
    # A page that nobody has put in its place yet is still found.
    others = [page for page in sorted(folder.glob("*.md")) if page != summary and f"({page.name})" not in text]
    more = "\n".join(f"- [{page.read_text().splitlines()[0].lstrip('# ')}]({page.name})" for page in others)
    entries = "\n".join(f"  - [{row['id']}](findings/{row['id']}.md)" for row in catalogue["findings"])
    assert "<!-- findings -->" in text and "<!-- more -->" in text
    summary.write_text(text.replace("<!-- findings -->", entries).replace("<!-- more -->", more))


if __name__ == "__main__":
    main()
