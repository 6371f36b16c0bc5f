"""The conda environment must not drift from the package's own dependencies."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
CONDA_EXTRAS = ("lab", "label")


def spec(requirement):
    name, rest = re.fullmatch(r"([A-Za-z0-9_.-]+)(.*)", requirement.strip()).groups()
    return re.sub(r"[-_.]+", "-", name).lower(), ",".join(sorted(rest.replace(" ", "").split(",")))


def test_environment_equals_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = dict(map(spec, project["dependencies"]))
    for extra in CONDA_EXTRAS:
        wanted |= dict(map(spec, project["optional-dependencies"][extra]))
    wanted["python"] = spec("python" + project["requires-python"])[1]
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    found = dict(map(spec, [e for e in listed if isinstance(e, str) and e != "pip"] + [e for e in pip if e != "-e ."]))
    assert found == wanted


def test_every_dependency_has_a_lower_and_an_upper_bound():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [r for group in project["optional-dependencies"].values() for r in group]
    for requirement in project["dependencies"] + extras:
        _, bounds = spec(requirement)
        assert ">=" in bounds and "<" in bounds, requirement
