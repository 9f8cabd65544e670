"""What a manifest says and whether it holds, as plain data read from the reader's JSON. Knows no library.

A valid signature over a *tampered* parent still reads as trusted: the failure stands only with the ingredient. So
ingredients are walked, and their failures count.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from storage.claims import GENERATION_ASSERTION

State = Literal["trusted", "valid", "invalid", "none"]

MAX_INGREDIENTS = 500
# These say that the signer is unknown or its time is over, not that anything was changed.
_TRUST_CODES = frozenset(
    {
        "signingCredential.untrusted",
        "signingCredential.expired",
        "claimSignature.outsideValidity",
        "timeStamp.untrusted",
        "timeStamp.outsideValidity",
        "signingCredential.ocsp.inaccessible",
        "signingCredential.ocsp.unknown",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredient:
    """An image that the signed one was made from; ``depth`` counts from 1, ``manifest`` is None for unsigned ones."""

    title: str
    relationship: str
    manifest: str | None
    generation: str | None
    failures: tuple[str, ...]
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestReport:
    """What the credentials of a file say.

    Attributes:
        state: ``trusted``: intact and signed under an anchor of ours; ``valid``: intact, signed by somebody else;
            ``invalid``: something does not hold; ``none``: no credentials.
        active_manifest: Label (URN) of the newest manifest.
        generator: Name of the program that claims to have made it.
        issuer: Organization of the signing certificate.
        generation: The generation that an assertion of ours names, believed only as far as ``is_ours``.
        actions: Actions of the active manifest, in order.
        source_type: Last digital source type among the actions.
        failures: Codes of what does not hold in the active manifest.
        ingredients: All of them, parents of parents included.
        is_ours: The signature over the claim verifies and belongs to this installation.
    """

    state: State
    active_manifest: str | None = None
    title: str = ""
    generator: str = ""
    issuer: str = ""
    serial: str = ""
    generation: str | None = None
    actions: tuple[str, ...] = ()
    source_type: str | None = None
    failures: tuple[str, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()
    is_ours: bool = False

    @property
    def broken_ingredients(self) -> tuple[Ingredient, ...]:
        """Ingredients that were changed after they were signed."""
        return tuple(item for item in self.ingredients if _integrity(item.failures))

    @property
    def is_tampered(self) -> bool:
        """Whether the image, its manifest or anything it was made from was changed after signing."""
        return bool(_integrity(self.failures)) or bool(self.broken_ingredients)

    def to_json(self) -> dict[str, Any]:
        """As JSON data."""
        return {**asdict(self), "is_tampered": self.is_tampered}


NO_MANIFEST = ManifestReport(state="none")


def report_of(document: Mapping[str, Any], state: str) -> ManifestReport:
    """Read the reader's JSON; ``is_ours`` is left for whoever knows the certificates."""
    manifests = document.get("manifests") or {}
    label = document.get("active_manifest")
    active = manifests.get(label) or {}
    results = document.get("validation_results") or {}
    actions = list(_actions(active))
    signature = active.get("signature_info") or {}
    return ManifestReport(
        state=_state(state),
        active_manifest=label,
        title=_words(active.get("title")),
        generator=_words(next((info.get("name") for info in active.get("claim_generator_info") or []), "")),
        issuer=_words(signature.get("issuer")),
        serial=_words(signature.get("cert_serial_number")),
        generation=_generation(active),
        actions=tuple(_words(action.get("action")) for action in actions),
        source_type=next((kind for action in reversed(actions) if (kind := action.get("digitalSourceType"))), None),
        failures=(*_codes(results.get("activeManifest"), "failure"), *_delta_failures(results)),
        ingredients=tuple(_walk(manifests, active)),
    )


def is_signed_under_an_anchor(document: Mapping[str, Any]) -> bool:
    """Whether the active claim's signature verifies and its certificate leads to an anchor, whatever else fails."""
    success = _codes((document.get("validation_results") or {}).get("activeManifest"), "success")
    return {"claimSignature.validated", "signingCredential.trusted"} <= set(success)


def _walk(manifests: Mapping[str, Any], active: Mapping[str, Any]) -> Iterator[Ingredient]:
    waiting = [(item, 1) for item in active.get("ingredients") or []]
    seen: set[str] = set()
    count = 0
    while waiting and count < MAX_INGREDIENTS:
        item, depth = waiting.pop(0)
        count += 1
        label = item.get("active_manifest")
        inner = manifests.get(label) or {}
        yield Ingredient(
            title=_words(item.get("title")),
            relationship=_words(item.get("relationship")),
            manifest=label,
            generation=_generation(inner),
            failures=_ingredient_failures(item),
            depth=depth,
        )
        if label is not None and label not in seen:
            seen.add(label)
            waiting += [(deeper, depth + 1) for deeper in inner.get("ingredients") or []]


def _ingredient_failures(item: Mapping[str, Any]) -> tuple[str, ...]:
    results = item.get("validation_results") or {}
    older = tuple(_words(status.get("code")) for status in item.get("validation_status") or [])
    return tuple(dict.fromkeys((*_codes(results.get("activeManifest"), "failure"), *_delta_failures(results), *older)))


def _delta_failures(results: Mapping[str, Any]) -> tuple[str, ...]:
    deltas = results.get("ingredientDeltas") or []
    return tuple(code for delta in deltas for code in _codes(delta.get("validationDeltas"), "failure"))


def _codes(results: Mapping[str, Any] | None, outcome: str) -> tuple[str, ...]:
    return tuple(_words(status.get("code")) for status in (results or {}).get(outcome) or [])


def _actions(active: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for assertion in active.get("assertions") or []:
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            yield from (assertion.get("data") or {}).get("actions") or []


def _generation(active: Mapping[str, Any]) -> str | None:
    for assertion in active.get("assertions") or []:
        data = assertion.get("data")
        if assertion.get("label") == GENERATION_ASSERTION and isinstance(data, Mapping) and data.get("generation"):
            return _words(data["generation"])
    return None


def _integrity(failures: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code for code in failures if code not in _TRUST_CODES)


def _state(state: str) -> State:
    known: dict[str, State] = {"trusted": "trusted", "valid": "valid"}
    return known.get(state.lower(), "invalid")


def _words(value: object) -> str:
    """Text of a stranger's manifest, bounded."""
    return "" if value is None else str(value)[:200]
