"""Every command of README and docs is run: commands.py check | list WHERE.

A block of shell commands has a comment before it that says where it is run:

  <!-- run: lab [STATUS] -->        in the simulated AWS of a healthy host, by tests/packaging/docs
  <!-- run: root [NAME] -->         in a fresh Debian root, by tests/packaging/docs
  <!-- run: gate STEP -->           by that step of .ci/run, whose scripts hold the same words
  <!-- elsewhere: WHY -->           nowhere here, and why

`check` refuses a block without one, and a block of the gate that the step does not hold. A page with recorded
sessions (`console`) has a Rust test of its own, which keeps them current; `check` sees that there is one.
"""

import json
import pathlib
import re
import sys

PAGES = ["README.md", "CONTRIBUTING.md", "RELEASING.md", *sorted(map(str, pathlib.Path("docs/src").glob("*.md")))]
BLOCK = re.compile(r"(?:<!-- (?P<mark>[^\n]*) -->\n)?(?P<indent> *)```(?:sh|bash|shell)\n(?P<text>.*?)\n *```", re.DOTALL)
# Nobody needs to go to AWS, to GitHub or to a registry to know that most commands are right.
FEW = 8


def blocks():
    for page in PAGES:
        for found in BLOCK.finditer(pathlib.Path(page).read_text()):
            indent = len(found["indent"])
            text = "\n".join(line[indent:] for line in found["text"].splitlines())
            yield page, (found["mark"] or "").strip(), text


def held_by(step: str) -> str:
    """Everything that a step of the gate runs, as text."""
    gate = pathlib.Path(".ci/run").read_text()
    body = re.search(rf"^step_{step}\(\) \{{(.*?)\}}$", gate, re.DOTALL | re.MULTILINE)
    assert body, f"no step named {step}"
    text, seen = body[1], set()
    while scripts := set(re.findall(r"(?:tests|packaging|\.ci)/[\w./-]+", text)) - seen:
        seen |= scripts
        text += "".join(pathlib.Path(one).read_text() for one in scripts if pathlib.Path(one).is_file())
    return text


def main() -> None:
    if sys.argv[1] == "list":
        print(json.dumps([[page, mark, text] for page, mark, text in blocks() if mark.startswith(f"run: {sys.argv[2]}")]))
        return
    elsewhere = 0
    count = 0
    for page, mark, text in blocks():
        count += 1
        if mark.startswith("elsewhere: "):
            elsewhere += 1
            continue
        where, _, rest = mark.removeprefix("run: ").partition(" ")
        assert mark.startswith("run: ") and where in ("lab", "root", "gate"), f"{page}: say where this is run:\n{text}"
        if where == "gate":
            step = held_by(rest)
            for line in text.splitlines():
                word = " ".join(line.split("#")[0].split()[:2]).rstrip("\\")
                # The first two words are the command; what follows may be another folder there.
                assert word.split()[0] == "export" or word.split()[0] in step, f"{page}: {rest} does not run: {line}"
    tests = "".join(path.read_text() for path in pathlib.Path("tests").rglob("*.rs"))
    for page in PAGES:
        recorded = "```console" in pathlib.Path(page).read_text()
        assert not recorded or pathlib.Path(page).name in tests, f"{page}: no test keeps its sessions current"
    assert elsewhere <= FEW, f"{elsewhere} blocks are run nowhere"
    print(f"  {count} blocks of commands, {elsewhere} of them not to be run here, each with its reason")


if __name__ == "__main__":
    main()
