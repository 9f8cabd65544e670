from pathlib import Path

import pytest

from bots.config import Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("threadbrush.toml").write_text('data_dir = "/from/file"\n[web]\nport = 1000\nhost = "127.0.0.2"\n')
    monkeypatch.setenv("THREADBRUSH_WEB__PORT", "2000")
    settings = load_settings(data_dir=tmp_path)

    assert (settings.data_dir, settings.web.port, settings.web.host) == (tmp_path, 2000, "127.0.0.2")


def test_an_unknown_environment_name_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THREADBRUSH_WEB__PROT", "2000")
    with pytest.raises(SettingsError, match="THREADBRUSH_WEB__PROT"):
        load_settings()


def test_an_unknown_key_in_the_file_is_refused_by_name() -> None:
    Path("threadbrush.toml").write_text("[web]\nprot = 1000\n")
    with pytest.raises(SettingsError, match=r"web\.prot"):
        load_settings()


@pytest.mark.parametrize("text", ["= broken", "web = 3"])
def test_a_broken_file_is_a_clear_error(text: str) -> None:
    Path("threadbrush.toml").write_text(text)
    with pytest.raises(SettingsError):
        load_settings()


def test_a_configuration_path_to_nowhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THREADBRUSH_CONFIG", "/nowhere.toml")
    with pytest.raises(SettingsError, match="THREADBRUSH_CONFIG"):
        load_settings()


def test_an_impossible_value_names_its_key_and_not_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THREADBRUSH_WEB__PORT", "s3cret")
    with pytest.raises(SettingsError, match=r"web\.port") as caught:
        load_settings()

    assert "s3cret" not in str(caught.value)


def test_secrets_do_not_show(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql://bot:hunter2@127.0.0.1/bot")  # type: ignore[arg-type]

    assert "hunter2" not in repr(settings)
    assert "hunter2" in settings.database
    assert not settings.embedded


def test_several_models_are_named_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THREADBRUSH_ENGINE__KIND", "diffusion")
    monkeypatch.setenv("THREADBRUSH_ENGINE__MODEL", "a/b, /models/c ,")

    assert load_settings().engine.models == ("a/b", "/models/c")


def test_a_command_s_engine_goes_over_the_file_and_leaves_the_rest_of_it() -> None:
    Path("threadbrush.toml").write_text('[engine]\nkind = "sketch"\nmemory = 12.5\n[engine.weights]\npro = 4\n')
    engine = load_settings(engine={"kind": "diffusion"}).engine

    assert (engine.kind, engine.memory, engine.weights) == ("diffusion", 12.5, {"pro": 4.0})


def test_a_remote_engine_without_an_address_is_refused() -> None:
    with pytest.raises(SettingsError, match="base_url and model"):
        load_settings(engine={"kind": "remote", "model": "painter"})


def test_the_key_of_a_remote_engine_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THREADBRUSH_ENGINE__API_KEY", "sk-hunter2")

    assert "hunter2" not in repr(load_settings())


@pytest.mark.parametrize(
    "wrong", [{"device": "cuda:1; rm"}, {"weights": {"pro": 0}}, {"memory": 0}, {"kind": "magic"}, {"quantize": "int2"}]
)
def test_an_impossible_engine_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match="engine"):
        load_settings(engine=wrong)


def test_each_kind_has_the_time_limit_that_suits_it() -> None:
    assert load_settings().engine.limit_seconds < load_settings(engine={"kind": "diffusion"}).engine.limit_seconds
    assert load_settings(engine={"kind": "diffusion", "timeout_seconds": 7}).engine.limit_seconds == 7
