"""Count how common each name is in the register of schools: `python -m train.stems FILE` writes `core/stems.json`.

Only stems of at least three open schools are kept, as figures: no row of the register ships.
"""

import json
import sys
from collections import Counter
from pathlib import Path

from collectors.register import read_schools
from core.register import RegisterSchool
from core.stems import TABLE, stem

AT_LEAST = 3
NOTE = (
    "How many open schools in England have a name of this stem. Derived from Get Information about Schools,"
    " Department for Education, Open Government Licence v3.0."
)


def main() -> None:
    """Count the file named on the command line."""
    file = Path(sys.argv[1])
    with file.open("rb") as content:
        found = [each for each in read_schools(content, file.name) if isinstance(each, RegisterSchool)]
    counted = Counter(stem(each.name) for each in found if not each.status or each.status.lower().startswith("open"))
    shared = {name: count for name, count in sorted(counted.items()) if count >= AT_LEAST}
    TABLE.write_text(json.dumps({"note": NOTE, "schools": shared}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(found):,} schools, {len(counted):,} stems, {len(shared):,} of them shared by {AT_LEAST} or more")


if __name__ == "__main__":
    main()
