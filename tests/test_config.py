import stat
import subprocess
import sys
from pathlib import Path

import pytest

from fablab import config
from fablab.config import WrongSetting


def test_secrets_are_made_once_and_kept_to_their_owner(tmp_path: Path) -> None:
    first = config.load(tmp_path, {})
    assert first.secret_key == config.load(tmp_path, {}).secret_key
    assert len(first.secret_key) >= 48
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_two_houses_have_two_secrets(tmp_path: Path) -> None:
    assert config.load(tmp_path / "a", {}).secret_key != config.load(tmp_path / "b", {}).secret_key


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('smtp_host = "file"\nsmtp_port = 2525\n', encoding="utf-8")
    settings = config.load(tmp_path, {"SMTP_HOST": "environment"})
    assert (settings.smtp_host, settings.smtp_port) == ("environment", 2525)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATABASE_URL", "mysql://x/y", "sqlite or postgresql"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL"),
        ("DATABASE_URL", "postgresql://a:b@host:notaport/x", "not the address"),
        ("PUBLIC_URL", "house.test", "http or https"),
        ("SECRET_KEY", "short", "32 characters"),
        ("SMTP_PORT", "many", "whole number"),
        ("SMTP_PORT", "70000", "between 1 and 65535"),
        ("SMTP_STARTTLS", "perhaps", "true or false"),
        ("MAIL_FROM", "nobody", "e-mail"),
        ("TIME_ZONE", "Europe/Chambéry", "TIME_ZONE"),
        ("TRUSTED_PROXIES", "-1", "TRUSTED_PROXIES"),
        ("ARGON2_ROUNDS", "0", "ARGON2_ROUNDS"),
        ("BACKUP_HOUR", "2", "from 4 to 23"),
        ("BACKUP_HOUR", "24", "from 4 to 23"),
        ("BACKUPS_KEPT", "0", "BACKUPS_KEPT"),
        ("LOG_FORMAT", "xml", "text or json"),
        ("METRICS_TOKEN", "short", "16 characters"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str, says: str) -> None:
    with pytest.raises(WrongSetting, match=says) as wrong:
        config.load(tmp_path, {name: value})
    assert name in str(wrong.value)


def test_an_unknown_setting_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('smtp_hots = "x"\n', encoding="utf-8")
    with pytest.raises(WrongSetting, match="smtp_hots"):
        config.load(tmp_path, {})


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("smtp_host = ", encoding="utf-8")
    with pytest.raises(WrongSetting, match=r"settings\.toml"):
        config.load(tmp_path, {})


def test_nobody_else_on_the_machine_reads_the_house(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    instance.mkdir(mode=0o755)
    instance.chmod(0o755)
    (instance / "house.sqlite").touch()
    (instance / "house.sqlite").chmod(0o644)
    config.load(instance, {})
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (instance, *instance.iterdir())}
    assert modes == {"instance": 0o700, "house.sqlite": 0o600, "secret_key": 0o600}


def test_what_the_program_writes_is_for_its_own_user() -> None:
    said = "import os, wsgi; print(oct(os.umask(0)))"
    done = subprocess.run([sys.executable, "-c", said], check=True, capture_output=True, text=True)
    assert done.stdout.split()[-1] == "0o77"


def test_the_port_served_is_in_the_address_that_letters_and_links_say(tmp_path: Path) -> None:
    assert config.load(tmp_path, {"PORT": "8123"}).public_url == "http://127.0.0.1:8123"
    assert config.load(tmp_path, {"PORT": "8123", "PUBLIC_URL": "https://x.example"}).public_url == "https://x.example"
