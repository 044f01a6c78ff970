"""The exceptions of cleanclaim. Faults in data are rows; an exception means misuse or that nothing could be done.

```text
CleanclaimError
├── InvalidValue            a value that its type cannot hold (an amount, an NDC, a date)
│   └── UnitsNotConvertible a conversion that needs knowledge which is not there
├── UnreadableInput         a file of which nothing could be read
├── LibraryError         something is wrong with the reference library
│   ├── UnknownPublication  a file that no importer recognizes
│   │   └── NotImported     a publication that is recognized and that no importer reads
│   ├── KnowsLess           a file that tells less than the release that it would replace
│   ├── OverlappingValidity two rows cover one key on one day
│   ├── LibraryBusy         another import holds the library
│   ├── NotFetched          a publisher's page or file that could not be had
│   │   └── LicenseNeeded   a file that the publisher gives to who accepts a license
│   └── DamagedRelease      a release on disk differs from its manifest
├── PageError               an edit page that cannot be used: names the file and the line
├── MappingError            a mapping file that cannot be used: names the file, the line and the key
├── PackageMissing          an extra that is not installed: the message says which
├── UnknownName             an edit, table, schema or command argument that does not exist
└── EngineError             the SQL engine refused or ran out of memory, disk or time
```
"""

import os


def fault_of_ours(error: Exception) -> str:
    """An error that nobody foresaw, by its kind and its place: never its text, which may quote a claim."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else "?"  # noqa: PTH119
    return f"a fault of ours: {type(error).__name__} at {where}"


class CleanclaimError(Exception):
    """Everything that cleanclaim raises on purpose."""


class InvalidValue(CleanclaimError, ValueError):
    """A value that its type cannot hold. The message names what was expected, never a patient."""


class UnitsNotConvertible(InvalidValue):
    """A conversion between units of measure that needs knowledge which is not there."""


class UnreadableInput(CleanclaimError):
    """A file of which nothing could be read. The message names the file, the place and what was expected."""


class LibraryError(CleanclaimError):
    """Something is wrong with the reference library."""


class UnknownPublication(LibraryError):
    """A file that no importer recognizes by its content."""


class NotImported(UnknownPublication):
    """A publication that is recognized by its content and that no importer reads. The message says why."""


class KnowsLess(LibraryError):
    """A file that tells less than the release that it would replace."""


class OverlappingValidity(LibraryError):
    """Two rows of a reference table cover one key on one day."""


class LibraryBusy(LibraryError):
    """Another import holds the library."""


class NotFetched(LibraryError):
    """A publisher's page or file that could not be had. The message says where it is and what to do."""


class LicenseNeeded(NotFetched):
    """A file that the publisher gives only to who accepts a license. The message says whose, and where it stands."""


class DamagedRelease(LibraryError):
    """A release on disk differs from what its manifest says."""


class PageError(CleanclaimError):
    """An edit page that cannot be used."""

    def __init__(self, message: str, *, file: str = "", line: int = 0) -> None:
        self.file, self.line = file, line
        place = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(place + message)


class MappingError(CleanclaimError):
    """A mapping file that cannot be used."""

    def __init__(self, message: str, *, file: str = "", line: int = 0) -> None:
        self.file, self.line = file, line
        super().__init__(f"{file}:{line}: {message}" if line else f"{file}: {message}")


class PackageMissing(CleanclaimError):
    """Something needs a package of an extra that is not installed. The message says how to get it."""


class UnknownName(CleanclaimError):
    """An edit, table, schema or argument that does not exist. The message names the nearest that does."""


class EngineError(CleanclaimError):
    """The SQL engine refused, or ran out of memory, disk or time."""
