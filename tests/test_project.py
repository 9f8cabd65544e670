"""What holds for the project as a whole: its files, its words, its documents."""

import ast
import re
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import EntryType, Identifier, Junk, Message, VariableReference
from fluent.syntax.visitor import Visitor

from moderation.intake import IntakeError
from tests.docs_tables import DOCUMENT, with_tables
from tests.skips import LIST, read_patterns

ROOT = Path(__file__).parents[1]
PACKAGES = ("bots", "generator", "moderation", "storage")
TOP_LEVEL = {*PACKAGES, "tests", "docs", "pyproject.toml", "constraints.txt"} | {
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
}
LONGEST_MODULE = 400  # lines
# Written in pieces, so that this file does not find itself.
MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:" + "work|root|tmp|home" + r")/\w")
ELSEWHERE = re.compile(r"[.][.]/" + r"shared/reference|\bissue #?\d", re.IGNORECASE)
INDEX_ADDRESS = re.compile("--(?:extra-)?index" + "-url|pypi[.]org/" + "simple|download[.]pytorch" + "[.]org")


@pytest.fixture(scope="module")
def tracked() -> tuple[Path, ...]:
    """Every tracked file, relative to the top."""
    asked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if asked.returncode:
        pytest.skip("this is no git checkout")
    return tuple(Path(name) for name in asked.stdout.decode().split("\0") if name and (ROOT / name).is_file())


def test_the_top_level_holds_what_was_agreed_and_dotfiles_only(tracked):
    assert {path.parts[0] for path in tracked if not path.parts[0].startswith(".")} == TOP_LEVEL


@pytest.mark.parametrize(
    "pattern",
    [MACHINE_PATH, INDEX_ADDRESS, ELSEWHERE],
    ids=["machine path", "index address", "what only its authors have"],
)
def test_no_tracked_file_points_to_what_its_readers_do_not_have(tracked, pattern):
    found = []
    for path in tracked:
        try:
            lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{path}:{number}: {line}" for number, line in enumerate(lines, 1) if pattern.search(line)]

    assert found == []


def test_no_module_is_longer_than_a_person_reads_at_once(tracked):
    lengths = {
        path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in tracked if path.suffix == ".py"
    }

    assert len(lengths) > 100
    assert {str(path): lines for path, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_the_constraints_serve_processor_and_cuda_builds_alike():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()

    assert "torch==2.13.0" in lines
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!]+", line)] == []
    assert [line for line in lines if re.match("nvidia|cuda|triton", line, re.IGNORECASE)] == []


def entries(locale: str) -> Iterator[EntryType]:
    """Everything that stands in the catalogue of a language."""
    for file in sorted((ROOT / "bots" / "locales" / locale).glob("*.ftl")):
        yield from FluentParser().parse(file.read_text(encoding="utf-8")).body


def messages(locale: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Key and argument names of every message of a language."""
    for entry in entries(locale):
        if isinstance(entry, Message):
            found = _Variables()
            found.visit(entry)
            yield entry.id.name, frozenset(found.names)


class _Variables(Visitor):
    """Collects the names of a message's arguments."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: VariableReference) -> None:  # noqa: N802 - fluent.syntax asks for this name
        assert isinstance(node.id, Identifier)
        self.names.add(node.id.name)


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_the_catalogue_holds_nothing_that_cannot_be_read(locale):
    assert [entry.content for entry in entries(locale) if isinstance(entry, Junk)] == []


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_no_message_is_written_twice(locale):
    counts = Counter(key for key, _ in messages(locale))

    assert [key for key, count in counts.items() if count > 1] == []


def test_both_languages_have_the_same_messages():
    assert {key for key, _ in messages("en")} ^ {key for key, _ in messages("ko")} == set()


def test_both_languages_use_the_same_arguments():
    english, korean = dict(messages("en")), dict(messages("ko"))
    differing = {key for key in english.keys() & korean.keys() if english[key] != korean[key]}

    assert differing == set()


def sources() -> Iterator[ast.AST]:
    """Every node of every module of the program."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            yield from ast.walk(ast.parse(file.read_text(encoding="utf-8"), str(file)))


def _constants(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def _keys_given(call: ast.Call, position: int = 0) -> Iterator[str]:
    """The literal keys that a call names, by position or as ``key=``."""
    for given in (*call.args[position : position + 1], *(item.value for item in call.keywords if item.arg == "key")):
        yield from _constants(given)


def _passes_key_on(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and _name(node) == "Notice"
        and any(item.arg == "key" and isinstance(item.value, ast.Name) for item in node.keywords)
    )


def _keys_used() -> set[str]:
    """Literal keys of notices: named directly, in a variable ``key``, or given to a function that passes ``key`` on."""
    nodes = list(sources())
    used = {
        key for node in nodes if isinstance(node, ast.Call) and _name(node) == "Notice" for key in _keys_given(node)
    }
    relays: dict[str, int] = {}
    for function in nodes:
        if not isinstance(function, ast.FunctionDef) or not any(map(_passes_key_on, ast.walk(function))):
            continue
        parameters = [item.arg for item in function.args.args if item.arg != "self"]
        if "key" in parameters:
            relays[function.name] = parameters.index("key")
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "key":
                used.update(_constants(node.value))
    for node in nodes:
        if isinstance(node, ast.Call) and _name(node) in relays:
            used.update(_keys_given(node, relays[_name(node)]))
    return used


def test_every_notice_has_words():
    used = _keys_used()

    assert {"images-done", "which-object", "resized"} & used
    assert used - {key for key, _ in messages("en")} == set()


def _said_outright() -> Iterator[tuple[str, set[str]]]:
    """Key and argument names of every notice that is written down with both."""
    for node in sources():
        if not isinstance(node, ast.Call) or _name(node) != "Notice":
            continue
        given = {item.arg: item.value for item in node.keywords}
        key, words = given.get("key"), given.get("args", ast.Dict(keys=[], values=[]))
        if isinstance(key, ast.Constant) and isinstance(words, ast.Dict) and None not in words.keys:
            yield str(key.value), {name for item in words.keys if item is not None for name in _constants(item)}


def test_every_argument_that_a_message_needs_is_given():
    needed = dict(messages("en"))
    said = list(_said_outright())

    assert len(said) > 40
    assert {(key, name) for key, given in said for name in needed.get(key, frozenset()) - given} == set()


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_every_way_of_refusing_has_words(locale):
    known = {key for key, _ in messages(locale)}
    refused = {kind().key for kind in _descendants(IntakeError)}

    assert len(refused) > 4
    assert refused - known == set()
    assert {f"request-{outcome}" for outcome in ("refused", "held")} - known == set()


def _descendants(kind: type[IntakeError]) -> Iterator[type[IntakeError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _descendants(child)


def test_every_message_is_said_somewhere():
    literals: set[str] = set()
    beginnings: set[str] = set()
    for node in sources():
        literals.update(_constants(node))
        if isinstance(node, ast.JoinedStr) and node.values and (start := "".join(_constants(node.values[0]))):
            beginnings.add(start)
    heads = tuple(start for start in beginnings if re.fullmatch(r"[a-z]+(?:-[a-z]+)*-", start))
    unsaid = {key for key, _ in messages("en") if key not in literals and not key.startswith(heads)}

    assert unsaid == set()


def test_the_manual_s_settings_and_commands_are_the_program_s():
    document = DOCUMENT.read_text(encoding="utf-8")

    assert with_tables(document) == document, "refresh it with: python -m tests.docs_tables"


def test_no_document_points_into_the_void(tracked):
    links = {
        (str(path), link)
        for path in tracked
        if path.suffix == ".md" and path.parts[0] in {"README.md", "CHANGELOG.md", "docs"}
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", (ROOT / path).read_text(encoding="utf-8"))
        if "://" not in link
    }

    assert len(links) > 4
    assert {(path, link) for path, link in links if not (ROOT / path).parent.joinpath(link).exists()} == set()


def test_every_allowed_skip_says_why():
    patterns = list(
        read_patterns((ROOT / "tests" / LIST).read_text(encoding="utf-8"))
    )  # raises where a reason is missing

    assert [pattern for pattern in patterns if not (ROOT / pattern.partition("::")[0]).is_file()] == []


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80)], ids=["IPv4", "IPv6"])
def test_no_test_reaches_another_machine(address):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as reaching, pytest.raises(RuntimeError, match=re.escape(address[0])):
        reaching.connect(address)
