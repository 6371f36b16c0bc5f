"""The settings of a Ray cluster as the command takes them: ``--ray NAME=VALUE``."""

import json
import re
from collections.abc import Sequence
from typing import Any

from analysis.cluster import ClusterError, RayEngine

OPTIONS = "address, workers, cpus, gpus"


def ray_engine(given: Sequence[str]) -> RayEngine:
    """Return the engine that settings of the command name.

    Parameters
    ----------
    given : sequence of str
        ``NAME=VALUE``: address, workers (``4`` or ``2-20``), cpus, gpus, or anything else Ray's actors take, dictionaries as JSON.

    Raises
    ------
    ClusterError
        If a setting is none of that form, or its value is no number where one is needed.
    """
    settings: dict[str, Any] = {}
    for setting in given:
        name, equals, value = setting.partition("=")
        if not (equals and name.isidentifier() and value):
            raise ClusterError(f"--ray {setting}: must be NAME=VALUE, with one of {OPTIONS}, or what Ray's actors take")
        settings[name] = value if name == "address" else _value(name, value)
    return RayEngine(**settings)


def _value(name: str, value: str) -> Any:
    between = re.fullmatch(r"(\d+)-(\d+)", value)
    if name == "workers" and between:
        return int(between[1]), int(between[2])
    try:
        found = json.loads(value)
    except ValueError:
        found = value
    broken = isinstance(found, str) and value[0] in "{["
    if broken or (name in OPTIONS.split(", ") and (isinstance(found, bool) or not isinstance(found, int | float))):
        raise ClusterError(
            f"--ray {name}={value}: must be {'JSON' if broken else 'a number or two, as in 2-20' if name == 'workers' else 'a number'}"
        )
    return found
