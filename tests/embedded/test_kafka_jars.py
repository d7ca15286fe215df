"""Only jars whose content is the pinned one are ever run."""

import re
from pathlib import Path

from embedded.kafka.jars import Jar, class_path, pinned

HELLO_SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


def test_every_jar_of_the_broker_is_pinned_once() -> None:
    jars = pinned()
    assert len({jar.path for jar in jars}) == len(jars) > 40
    assert all(re.fullmatch(r"[0-9a-f]{64}", jar.sha256) for jar in jars)
    assert ("org.apache.kafka", "kafka_2.13", "4.3.1") in [jar.coordinates for jar in jars]


def test_one_version_of_each_artifact_is_on_the_class_path() -> None:
    artifacts = [jar.coordinates[:2] for jar in pinned()]
    assert len(set(artifacts)) == len(artifacts)
    assert class_path(Path("/cache")).count(":") == len(artifacts) - 1


def test_a_changed_or_half_written_jar_is_not_intact(tmp_path: Path) -> None:
    jar = Jar("org/example/hello/1.0/hello-1.0.jar", HELLO_SHA256)
    file = tmp_path / jar.path
    file.parent.mkdir(parents=True)
    assert not jar.intact(tmp_path)
    file.write_bytes(b"hello")
    assert jar.intact(tmp_path)
    for content in (b"hellp", b"hell", b""):
        file.write_bytes(content)
        assert not jar.intact(tmp_path)
