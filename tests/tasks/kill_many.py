"""By hand: ``python tests/tasks/kill_many.py 200 [first seed]`` kills so often and prints the toll."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.tasks.killing import Toll, kill_once, nursery


def main(times: int, first: int) -> int:
    toll = Toll()
    with nursery() as born:
        for seed in range(first, first + times):
            with tempfile.TemporaryDirectory() as folder:
                one = kill_once(seed, Path(folder), born)
            if one.lost or one.double or one.corrupt:
                print(f"seed {seed}: {one}")
            toll.add(one)
    print(toll)
    return int(bool(toll.lost or toll.double or toll.corrupt))


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:]] or [25]
    sys.exit(main(numbers[0], numbers[1] if len(numbers) > 1 else 0))
