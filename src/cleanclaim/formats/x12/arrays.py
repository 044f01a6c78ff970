"""The array types of this package: numpy for places and numbers, Arrow for finished columns."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bytes: TypeAlias = npt.NDArray[np.uint8]
Ints: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]
Column: TypeAlias = "pa.Array[Any]"  # Arrow types its arrays by value: of any kind
Columns: TypeAlias = dict[str, Column]
