"""``threadbrush doctor``: what is configured, what is missing, what works, and how to mend each."""

import asyncio
import io
import os
import platform
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata, util

from PIL import Image
from rich.console import Console
from rich.markup import escape

from bots import gpu, terminal
from bots.app import App, open_app
from bots.config import EngineSettings, Settings
from bots.engines import EngineUnusable, cards_of, prepared
from bots.findings import Finding
from generator.request import GenerationRequest
from generator.scene import Scene, SceneObject
from storage.credentials import Claim
from storage.lock import DataLock


async def run(settings: Settings, *, as_json: bool) -> int:
    """Examine everything; exit code 1 when something is broken."""
    findings = await examine(settings)
    broken = any(finding.status == "broken" for finding in findings)
    if as_json:
        terminal.print_json({"schema": 1, "healthy": not broken, "findings": [asdict(item) for item in findings]})
    else:
        _show(findings)
    return int(broken)


async def examine(settings: Settings) -> list[Finding]:
    """Every part in turn; one that breaks does not hide the next."""
    findings = [_python(), _settings(settings), await _folder(settings)]
    if findings[-1].status == "broken":
        return findings
    findings += await _parts(settings)
    return [
        *findings,
        *_models(settings),
        _fonts(),
        await asyncio.to_thread(_gpu),
        *await _discord(settings),
        *await _slack(settings),
    ]


async def _parts(settings: Settings) -> list[Finding]:
    """What is behind the line. An engine that cannot even be built is replaced, so that the rest is examined."""
    try:
        async with open_app(settings) as app:
            return [await _guarded(part, check, app) for part, check in _CHECKS.items()]
    except EngineUnusable as exc:
        others = await _parts(settings.model_copy(update={"engine": EngineSettings()}))
        broken = Finding(part="engine", status="broken", detail=exc.message, mend=_MENDS["model"])
        return [broken if one.part == "engine" else one for one in others]
    except Exception as exc:  # noqa: BLE001 - the doctor reports what breaks, whatever it is
        return [
            Finding(
                part="database",
                status="broken",
                detail=f"{type(exc).__name__}: {exc}",
                mend="Check THREADBRUSH_DATABASE_URL and the data folder, then run `threadbrush migrate`.",
            )
        ]


async def _discord(settings: Settings) -> list[Finding]:
    from bots.discord import doctor  # noqa: PLC0415 - the SDK loads only where it is used

    try:
        async with asyncio.timeout(60):
            return await doctor.examine(settings.discord)
    except TimeoutError:
        return [Finding(part="discord", status="broken", detail="does not answer", mend="Check the network.")]


async def _slack(settings: Settings) -> list[Finding]:
    from bots.slack import doctor  # noqa: PLC0415 - the SDK loads only where it is used

    try:
        async with asyncio.timeout(60):
            return await doctor.examine(settings)
    except TimeoutError:
        return [Finding(part="slack", status="broken", detail="does not answer", mend="Check the network.")]


def _python() -> Finding:
    return Finding(
        part="threadbrush",
        status="ok",
        detail=f"{metadata.version('threadbrush')} on Python {platform.python_version()}, {platform.system()}",
    )


def _settings(settings: Settings) -> Finding:
    database = "configured URL" if settings.database_url else "SQLite in the data folder"
    blobs = "configured URL" if settings.blobs_url else "data folder"
    return Finding(
        part="settings",
        status="ok",
        detail=f"data folder {settings.data_dir}; database: {database}; images: {blobs}; engine {settings.engine.kind}",
    )


async def _folder(settings: Settings) -> Finding:
    def attempt() -> str:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.data_dir):
            pass
        holder = DataLock.holder(settings.data_dir)
        return "free" if holder is None else f"in use by process {holder.pid}"

    try:
        return Finding(part="data folder", status="ok", detail=await asyncio.to_thread(attempt))
    except OSError as exc:
        return Finding(
            part="data folder",
            status="broken",
            detail=f"{settings.data_dir}: {exc.strerror or exc}",
            mend="Make it writable for this user, or choose another with THREADBRUSH_DATA_DIR.",
        )


async def _guarded(part: str, check: Callable[[App], Awaitable[Finding]], app: App) -> Finding:
    try:
        async with asyncio.timeout(app.settings.engine.limit_seconds + 60 if part == "engine" else 60):
            return await check(app)
    except EngineUnusable as exc:
        return Finding(part=part, status="broken", detail=exc.message, mend=_MENDS["model"])
    except Exception as exc:  # noqa: BLE001 - the doctor reports what breaks, whatever it is
        return Finding(part=part, status="broken", detail=f"{type(exc).__name__}: {exc}", mend=_MENDS[part])


async def _database(app: App) -> Finding:
    started = time.perf_counter()
    await app.records.unfinished_jobs()
    spent = (time.perf_counter() - started) * 1000
    return Finding(part="database", status="ok", detail=f"answers in {spent:.0f} ms, schema up to date")


async def _blobs(app: App) -> Finding:
    digest = await app.blobs.put(os.urandom(16), "application/octet-stream")
    await app.blobs.get(digest)
    await app.blobs.delete((digest,))
    return Finding(part="blobs", status="ok", detail="writes, reads and deletes")


async def _signing(app: App) -> Finding:
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "#336699").save(picture, "PNG")
    claim = Claim(
        generation="doctor", engine="doctor", engine_version="1", model="test", neural=False, when=datetime.now(UTC)
    )
    signed = await app.credentials.sign(picture.getvalue(), "image/png", claim)
    report = await app.credentials.read(signed.data)
    if not report.is_ours:
        return Finding(part="signing", status="broken", detail="a signed test does not verify", mend=_MENDS["signing"])
    kind = "configured certificate" if app.settings.signing.certificate else "local certificate authority"
    until = f"{app.credentials.identity.not_after:%Y-%m-%d}"
    return Finding(part="signing", status="ok", detail=f"{kind}, signed and verified a test, valid until {until}")


async def _moderation(app: App) -> Finding:
    verdict = await app.moderator.check_text("a red apple", stage="input", locale="en")
    if verdict.action != "allow":
        return Finding(part="moderation", status="broken", detail=verdict.reason, mend=_MENDS["moderation"])
    return Finding(part="moderation", status="ok", detail=f"policies {app.moderator.policy_version}")


async def _engine(app: App) -> Finding:
    """Load it, and have it draw."""
    started = time.perf_counter()
    if app.engine.capabilities.neural:
        await prepared(app.settings.engine, app.engine)
    loaded = time.perf_counter()
    scene = Scene(width=256, height=256, objects=(SceneObject(id="circle1", label="circle", art="1f534"),))
    request = GenerationRequest(prompt="a red circle", width=256, height=256, scene=scene)
    drawn = (await app.engine.render(request, {}, 1, lambda _: None, asyncio.Event()))[0]
    spent = f"drew a test in {time.perf_counter() - loaded:.1f} s"
    if app.engine.capabilities.neural:
        spent = f"loaded {drawn.model} in {loaded - started:.1f} s, {spent}"
    return Finding(part="engine", status="ok", detail=f"{app.engine.name} {app.engine.version} {spent}")


def _models(settings: Settings) -> list[Finding]:
    """What the settings say about models, and under which terms they may be used."""
    if settings.engine.kind != "diffusion":
        return []
    try:
        cards = cards_of(settings.engine).values()
    except EngineUnusable:
        return []  # the engine's own finding says so
    return [
        Finding(
            part="models",
            status="ok",
            detail=f"{card.id} ({card.family.value}), license {card.license.name}. {card.license.condition}".strip(),
        )
        for card in cards
    ]


def _fonts() -> Finding:
    if util.find_spec("cvttf_notosanscjk_regular") is None and not _installed("cvttf-notosanscjk-regular"):
        return Finding(
            part="fonts",
            status="absent",
            detail="Latin, Greek, Cyrillic; no Korean, Japanese or Chinese",
            mend="pip install 'threadbrush[cjk]'",
        )
    return Finding(part="fonts", status="ok", detail="Latin, Greek, Cyrillic, Korean, Japanese, Chinese")


def _gpu() -> Finding:
    gpus = gpu.look()
    if gpus.version is None:
        return Finding(
            part="gpu",
            status="absent",
            detail="PyTorch is not installed; the embedded vector engine needs no GPU",
            mend="pip install 'threadbrush[gpu]'",
        )
    version = f"PyTorch {gpus.version}"
    if gpus.broken:
        mend = "Run `python -c 'import torch'` and reinstall PyTorch if that fails."
        return Finding(part="gpu", status="broken", detail=f"{version} is installed and cannot be loaded", mend=mend)
    if not gpus.found:
        mend = (
            "With an NVIDIA GPU: check its driver with `nvidia-smi`. Without one models draw on the processor, slowly."
        )
        return Finding(part="gpu", status="absent", detail=f"{version} finds no GPU", mend=mend)
    found = "; ".join(f"{one.name}, {one.gib}" for one in gpus.found)
    return Finding(part="gpu", status="ok", detail=f"{version}; {found}")


def _installed(distribution: str) -> bool:
    try:
        metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


_CHECKS: dict[str, Callable[[App], Awaitable[Finding]]] = {
    "database": _database,
    "blobs": _blobs,
    "signing": _signing,
    "moderation": _moderation,
    "engine": _engine,
}
_MENDS = {
    "database": "Run `threadbrush migrate`; check THREADBRUSH_DATABASE_URL.",
    "blobs": "Check THREADBRUSH_BLOBS_URL, or that the data folder is writable.",
    "signing": "Check THREADBRUSH_SIGNING__CERTIFICATE and __KEY, or remove keys/ to have a new local chain made.",
    "moderation": "Reinstall the package: a policy or the nudity model is missing.",
    "model": "Check THREADBRUSH_ENGINE__MODEL; models need pip install 'threadbrush[gpu]'.",
    "engine": "Reinstall the package; if it still fails, run with --debug and report it.",
}


def _show(findings: list[Finding]) -> None:
    console = Console(file=sys.stdout)
    marks = {"ok": "[green]✓[/]", "absent": "[yellow]–[/]", "broken": "[red]✗[/]"}
    for finding in findings:
        console.print(f"{marks[finding.status]} [bold]{finding.part}[/]  {escape(finding.detail)}", soft_wrap=True)
        if finding.mend:
            console.print(f"    {escape(finding.mend)}", soft_wrap=True)
