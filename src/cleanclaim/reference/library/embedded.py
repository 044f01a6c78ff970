"""The embedded default: ICD-10-CM as the package `simple-icd-10-cm` brings it, for days that no import covers.

Only its data file is used, the tabular list of CDC and CMS, read by our own reader: importing the package costs two
seconds. What was read is kept as Parquet in the user's cache, by version and by the text of our reader, so that neither
an update of the package nor of cleanclaim meets an old one; where that can't be written it is read anew each time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING

from cleanclaim.errors import LibraryError
from cleanclaim.reference.fiscal_years import CodeSet, update_in, year_in
from cleanclaim.reference.library.kept import cache_folder, kept_table
from cleanclaim.reference.manifest import Covered
from cleanclaim.reference.tables import DIAGNOSIS
from cleanclaim.values import Interval

if TYPE_CHECKING:
    import pyarrow as pa


DISTRIBUTION = "simple-icd-10-cm"
TABLE = DIAGNOSIS.name

_PACKAGE = "simple_icd_10_cm"
_TABULAR = "data/*tabular*.xml"


@dataclass(frozen=True)
class Embedded:
    """The tabular list of the installed package."""

    path: Path

    @cached_property
    def version(self) -> str:
        """The version of the package."""
        from importlib import metadata  # noqa: PLC0415 - only where diagnoses or coverage are asked for

        return metadata.version(DISTRIBUTION)

    @property
    def label(self) -> str:
        """The release as rows name it."""
        update = f", {self._code_set.update} {self._code_set.year} update" if self._code_set.update else ""
        return f"{DISTRIBUTION} {self.version}: ICD-10-CM FY{self._code_set.year}{update}"

    @property
    def covered(self) -> Covered:
        """The days for which it is complete."""
        return Covered(TABLE, None, self._code_set.days)

    @property
    def days(self) -> Interval:
        """The days for which it answers."""
        return self._code_set.days

    @property
    def digest(self) -> str:
        """What tells two versions of it apart without reading them."""
        return f"{self.path.name} {self.path.stat().st_size}"

    def table(self) -> pa.Table:
        """Its codes and headers, in the schema of `diagnosis`."""
        import pyarrow as pa  # noqa: PLC0415 - look-ups start without it

        rows = kept_table(self._cache_file(), pa.schema(list(DIAGNOSIS.arrow())[:-1]), self._read)
        labels = pa.repeat(pa.scalar(self.label), rows.num_rows)
        return rows.append_column("release", labels).cast(DIAGNOSIS.arrow())

    @cached_property
    def _code_set(self) -> CodeSet:
        # By its name alone: that the text says the same year is checked where it is read.
        year = year_in(self.path.name)
        if year is None:
            raise LibraryError(f"{self.path}: the name of this file of {DISTRIBUTION} tells no year")
        return CodeSet(year, update_in(self.path.name))

    def _read(self) -> pa.Table:
        from cleanclaim.reference.publications import icd10cm_tabular  # noqa: PLC0415
        from cleanclaim.reference.publications.source import Source  # noqa: PLC0415

        return icd10cm_tabular.parse(Source.read(self.path)).tables[TABLE]

    def _cache_file(self) -> Path:
        readers = (Path(__file__).parents[1] / "publications" / f"{name}.py" for name in ("icd10cm_tabular", "icd10cm"))
        text = b"".join(reader.read_bytes() for reader in readers) + self.digest.encode()
        name = f"icd10cm-{self.version}-{hashlib.sha256(text).hexdigest()[:12]}.parquet"
        return cache_folder() / name


@cache
def embedded() -> Embedded | None:
    """The tabular list of the installed package; None where the package is not there. Imports nothing of it."""
    # Not importlib.resources: it imports the package that it looks into.
    package = util.find_spec(_PACKAGE)
    folders = package.submodule_search_locations if package else None
    lists = sorted(path for folder in folders or () for path in Path(folder).glob(_TABULAR))
    return Embedded(lists[-1]) if lists else None
