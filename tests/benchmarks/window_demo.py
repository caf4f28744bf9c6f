"""The demo in its window, with a run started by the Space key; prints JSON.

When TensorFlow is in, how long after the key the first mask is there, and how evenly
the window's thread comes round during the run (milliseconds between its frames)::

    python tests/benchmarks/window_demo.py [--at-once]

With ``--at-once`` the key is pressed as soon as there is a picture. Needs xdotool;
under X11 without a display it starts Xvfb.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from typing import Any

from traced_window import display, marks, records, wait_for, window

RUN_SECONDS_AT_MOST = 240.0
SECONDS_AFTER_LAST_MASK = 5.0


def xdotool(environment: dict[str, str], *words: str) -> str:
    ended = subprocess.run(
        ["xdotool", *words],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
    )
    return ended.stdout


def measure(*, at_once: bool) -> dict[str, Any]:
    with (
        display() as environment,
        window(environment, "demo") as (process, trace),
    ):
        wait_for(trace, "first_heatmap" if at_once else "engine_ready", process)
        started = records(trace)[0]["time"]
        search = ["search", "--sync", "--onlyvisible", "--pid", str(process.pid)]
        xdotool(environment, *search, "windowfocus")
        pressed = time.time() - started
        xdotool(environment, "key", "space")
        first = wait_for(trace, "mask_updated", process)
        last = wait_for_last_mask(trace)
        # Only an idle window closes without a question.
        time.sleep(SECONDS_AFTER_LAST_MASK)
        xdotool(environment, "key", "ctrl+q")
        exit_code = process.wait(30)
        gaps = next((r for r in records(trace) if r["mark"] == "frame_gaps"), None)
        return {
            "cpus": os.cpu_count(),
            "pressed_at_once": at_once,
            "marks_s": marks(trace),
            "space_pressed_s": round(pressed, 3),
            "first_mask_s": first,
            "first_mask_after_press_s": round(first - pressed, 3),
            "last_mask": last,
            "frame_gaps": gaps,
            "exit_code": exit_code,
        }


def wait_for_last_mask(trace: Any) -> dict[str, Any]:
    """Return the last mask's mark once no other has followed for some seconds."""
    deadline = time.monotonic() + RUN_SECONDS_AT_MOST
    count, since = 0, time.monotonic()
    while time.monotonic() < deadline:
        masks = [r for r in records(trace) if r["mark"] == "mask_updated"]
        if len(masks) > count:
            count, since = len(masks), time.monotonic()
        elif time.monotonic() - since > SECONDS_AFTER_LAST_MASK:
            return masks[-1]
        time.sleep(0.2)
    raise SystemExit("the run did not end")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--at-once", action="store_true")
    options = parser.parse_args()
    if shutil.which("xdotool") is None:
        print("xdotool is needed to press a key.")
        return 2
    print(json.dumps(measure(at_once=options.at_once), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
