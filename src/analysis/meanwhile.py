"""Work done in a thread while the program goes on with something else."""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress


def meanwhile(steps: Iterable[Callable[[], object]]) -> None:
    """Take steps one after the other in a thread; whoever needs what they make asks for it again, waits, and sees its errors.

    The program's end waits for the step under way and takes no further one: onnxruntime does not bear to be left in the middle of loading weights. Weights of
    several models are steps of one call: every thread would keep hundreds of megabytes of its own.

    Parameters
    ----------
    steps : iterable of callable
        What they return is dropped, and so are their errors.
    """

    def take() -> None:
        for step in steps:
            if threading.main_thread().is_alive():
                with suppress(Exception):
                    step()

    threading.Thread(target=take).start()
