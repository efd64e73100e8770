"""Small Java programs around libraries from Maven: fetched once into `.cache/`, compiled, and run."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

CACHES = Path(__file__).resolve().parents[2] / ".cache"
FETCH_SECONDS = 400


def java_program(name: str, main: str) -> Callable[..., str]:
    """The program in the folder of this name beside this file: takes its arguments, gives what it prints.

    Skips the test where a JDK or Maven is not installed or the libraries cannot be had.
    """
    for tool in ("java", "javac", "mvn"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    source, cache = Path(__file__).parent / name, CACHES / name
    if not (cache / "ready").exists():
        cache.mkdir(parents=True, exist_ok=True)
        fetch = ["mvn", "-q", "-B", "-f", str(source / "pom.xml"), "dependency:copy-dependencies"]
        fetched = subprocess.run(
            [*fetch, f"-DoutputDirectory={cache / 'lib'}"], check=False, capture_output=True, timeout=FETCH_SECONDS
        )
        if fetched.returncode != 0:
            pytest.skip(f"Maven could not fetch the libraries of {name}")
        (cache / "ready").touch()
    compile_it = ["javac", "-encoding", "UTF-8", "-d", str(cache / "classes"), "-cp", f"{cache / 'lib'}/*"]
    subprocess.run([*compile_it, str(source / f"{main}.java")], check=True, timeout=120)

    def run(*words: object) -> str:
        java = ["java", "-Dfile.encoding=UTF-8", "-Djava.awt.headless=true", "-Xmx512m", "-XX:TieredStopAtLevel=1"]
        command = [*java, "-cp", f"{cache / 'classes'}{os.pathsep}{cache / 'lib'}/*", main, *map(str, words)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
