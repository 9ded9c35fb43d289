"""Modes, limits, names and owners: what stands in the environment, and what it comes to."""

import os
import stat
from dataclasses import asdict

import pytest

from aeviz.errors import ConfigError, NotAllowedError
from aeviz.paths import size_of
from aeviz.serving.hosts import is_known, is_same_site, known_hosts, named_hosts
from aeviz.serving.limits import DEFAULTS, limits, variable
from aeviz.serving.mode import MODE, mode_for, server_mode
from aeviz.serving.owners import OWNER, hash_key, mark, owner_of
from aeviz.serving.usage import SIZE_AGE_S, check_free, check_limit, sizes_of


@pytest.fixture(autouse=True)
def unset(monkeypatch):
    for name in (MODE, "AEVIZ_HOSTS", *map(variable, asdict(limits()))):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("host", "mode"),
    [
        ("localhost", "open"),
        ("127.0.0.1", "open"),
        ("::1", "open"),
        ("0.0.0.0", "class"),
        ("::", "class"),
        ("192.168.1.20", "class"),
        ("lab.example.org", "class"),
    ],
)
def test_server_that_others_reach_is_for_a_class(host, mode):
    assert mode_for(host) == mode


@pytest.mark.parametrize(
    ("names", "mode"),
    [
        ("class.example.org", "class"),
        ("localhost,*.example.org", "class"),
        ("*", "class"),
        ("localhost,127.0.0.1", "open"),
    ],
)
def test_server_behind_a_proxy_is_for_a_class(names, mode, monkeypatch):
    """It listens on this machine alone, and others reach it under the name that AEVIZ_HOSTS gives."""
    monkeypatch.setenv("AEVIZ_HOSTS", names)
    assert mode_for("localhost") == mode_for("127.0.0.1") == mode
    monkeypatch.setenv(MODE, "open")
    assert mode_for("localhost") == "open"


def test_setting_counts_before_the_address(monkeypatch):
    monkeypatch.setenv("AEVIZ_HOSTS", "class.example.org")
    monkeypatch.setenv(MODE, "demo")
    assert (mode_for("localhost"), mode_for("0.0.0.0"), server_mode()) == ("demo",) * 3
    monkeypatch.setenv(MODE, "closed")
    with pytest.raises(ConfigError, match="AEVIZ_MODE='closed' is no mode; expected open, class, demo"):
        server_mode()


def test_limits_follow_the_mode_and_the_environment(monkeypatch):
    assert limits() == DEFAULTS["open"]
    monkeypatch.setenv(MODE, "class")
    monkeypatch.setenv("AEVIZ_LIMIT_RUNS_EACH", "3")
    assert limits().runs_each == 3
    assert limits().jobs_each == DEFAULTS["class"].jobs_each
    assert all(value for value in asdict(DEFAULTS["class"]).values())
    assert all(getattr(DEFAULTS["open"], name) for name in ("jobs", "uploads_mb", "memory_mb", "memory_mb_each"))
    monkeypatch.setenv("AEVIZ_LIMIT_RUNS_EACH", "-1")
    with pytest.raises(ConfigError, match="AEVIZ_LIMIT_RUNS_EACH='-1'; expected a whole number from 0 up"):
        limits()


def test_limit_says_what_it_is_and_what_to_do(monkeypatch):
    monkeypatch.setenv("AEVIZ_LIMIT_RUNS", "2")
    check_limit(2, "runs", "runs in all", "delete one")
    with pytest.raises(
        NotAllowedError, match=r"allows at most 2 runs in all \(who runs it can raise AEVIZ_LIMIT_RUNS\); delete one"
    ):
        check_limit(3, "runs", "runs in all", "delete one")
    monkeypatch.setenv("AEVIZ_LIMIT_RUNS", "0")
    check_limit(10**9, "runs", "runs in all", "delete one")


def test_room_on_the_disk_of_a_folder_that_is_not_there_yet(tmp_path):
    (tmp_path / "file").write_bytes(bytes(100))
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "file").write_bytes(bytes(23))
    assert size_of(tmp_path) == 123
    assert size_of(tmp_path / "missing") == 0
    check_free(tmp_path / "missing" / "runs", 0)
    with pytest.raises(NotAllowedError, match="MB left and keeps 1,000,000,000,000 MB free"):
        check_free(tmp_path / "missing" / "runs", 10**12)


def test_file_that_vanishes_while_a_folder_is_measured_counts_alone_as_nothing(tmp_path, monkeypatch):
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(bytes(10))

    def vanish(path, look=os.lstat):
        if str(path).endswith("one"):
            raise FileNotFoundError(path)
        return look(path)

    monkeypatch.setattr(os, "lstat", vanish)
    assert size_of(tmp_path) == 10


def test_sizes_are_measured_again_after_ten_seconds(tmp_path, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("aeviz.serving.usage.time.monotonic", lambda: now[0])
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        (folder / "a").write_bytes(b"12345")
    assert sizes_of([one]) == {one: 5}
    (one / "b").write_bytes(b"12345")
    now[0] += SIZE_AGE_S - 1
    assert sizes_of([one, two]) == {one: 5, two: 5}
    now[0] += 2
    assert sizes_of([one, two]) == {one: 10, two: 5}


LOCAL = ["localhost", "localhost:8501", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST.:8501"]
FOREIGN = ["evil.example", "evil.example:8501", "localhost.evil.example", "127.0.0.1.nip.io", "", None]
BROKEN = ["localhost@evil.example", "localhost/../evil", "localhost:port", "a b:80", "localhost#x", "[::1"]


@pytest.mark.parametrize("host", LOCAL)
def test_names_of_this_machine_are_known(host):
    assert is_known(host, known_hosts("localhost"))


@pytest.mark.parametrize("host", FOREIGN + BROKEN)
@pytest.mark.parametrize("address", ["localhost", "0.0.0.0", "192.168.1.20"])
def test_names_of_others_are_not(host, address):
    assert not is_known(host, known_hosts(address))


def test_server_for_others_answers_to_its_addresses_and_names(monkeypatch):
    monkeypatch.setattr("socket.gethostname", lambda: "Lab7")
    monkeypatch.setattr("socket.getfqdn", lambda: "lab7.school.example")
    everywhere = known_hosts("0.0.0.0")
    for host in ("10.0.0.5:8501", "[fe80::1]:8501", "lab7:8501", "lab7.local", "lab7.school.example:8501"):
        assert is_known(host, everywhere), host
        assert not is_known(host, known_hosts("localhost")), host
    assert is_known("192.168.1.20:8501", known_hosts("192.168.1.20"))
    assert not is_known("192.168.1.21:8501", known_hosts("192.168.1.20"))


def test_setting_adds_names(monkeypatch):
    monkeypatch.setenv("AEVIZ_HOSTS", " Class.example.org, *.lab.example ")
    known = known_hosts("localhost")
    assert named_hosts() == ("class.example.org", "*.lab.example")
    assert is_known("class.example.org:443", known)
    assert is_known("a.lab.example", known)
    assert not is_known("lab.example", known)
    assert not is_known("xlab.example", known)
    monkeypatch.setenv("AEVIZ_HOSTS", "*")
    assert is_known("evil.example", known_hosts("localhost"))
    assert not is_known("a@evil.example", known_hosts("localhost"))
    for wrong in ("https://class.example.org", "class.example.org:443", "*."):
        monkeypatch.setenv("AEVIZ_HOSTS", wrong)
        with pytest.raises(ConfigError, match="expected names without port or path"):
            known_hosts("localhost")


def test_change_comes_from_a_page_of_the_server():
    assert is_same_site("http://localhost:8501", "localhost:8501", ())
    assert is_same_site(None, "localhost:8501", ())
    for origin in ("http://localhost:3000", "http://evil.example", "null", "", "https://localhost"):
        assert not is_same_site(origin, "localhost:8501", ()), origin
    assert is_same_site("https://class.example.org", "127.0.0.1:8501", ("class.example.org",))


def test_owner_is_a_hash_that_the_first_sets(tmp_path):
    assert owner_of(tmp_path) is None
    first, second = hash_key("one key"), hash_key("another")
    mark(tmp_path, first)
    mark(tmp_path, second)
    assert owner_of(tmp_path) == first != second
    assert "one key" not in (tmp_path / OWNER).read_text()
    assert stat.S_IMODE((tmp_path / OWNER).stat().st_mode) == 0o600
    mark(tmp_path / "missing", first)  # nobody's
    for damaged in ("", "[]", '{"owner": 3}', "{"):
        (tmp_path / OWNER).write_text(damaged)
        assert owner_of(tmp_path) is None
