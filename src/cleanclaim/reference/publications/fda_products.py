"""The products of the FDA's NDC directory (`product.txt`): names, form, route, substances and strengths.

Days, and what the rows are valid for: see `fda_directory`. Lists are kept as printed, joined by `;`.
"""

from __future__ import annotations

from cleanclaim.reference.publications.fda_directory import END, START, has_columns, read_directory, text_or_null
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.source import Source

PUBLICATION = "fda_products"
TITLE = "FDA NDC directory, products (product.txt)"

FEWEST_ROWS = 50_000  # the directory has had more than 100,000 for years: a file with fewer was cut

_FIELDS = {
    "product_id": "PRODUCTID", "product_ndc": "PRODUCTNDC", "nonproprietary_name": "NONPROPRIETARYNAME",
    "dosage_form": "DOSAGEFORMNAME", "route": "ROUTENAME", "labeler": "LABELERNAME",
    "marketing_category": "MARKETINGCATEGORYNAME", "substances": "SUBSTANCENAME",
    "strengths": "ACTIVE_NUMERATOR_STRENGTH", "strength_units": "ACTIVE_INGRED_UNIT",
}  # fmt: skip
_BRAND, _SUFFIX = "PROPRIETARYNAME", "PROPRIETARYNAMESUFFIX"
_COLUMNS = (*_FIELDS.values(), _BRAND, _SUFFIX, START, END)


def recognize(source: Source) -> bool:
    """Whether the first line is the header of the product file."""
    return has_columns(source, _COLUMNS)


def parse(source: Source) -> Parsed:
    """All products of one directory.

    Raises: UnreadableInput when the file is cut short; OverlappingValidity for a product twice.
    """
    import pyarrow.compute as pc  # noqa: PLC0415

    directory = read_directory(source, _COLUMNS, FEWEST_ROWS)
    texts = {name: text_or_null(directory.table[column].combine_chunks()) for name, column in _FIELDS.items()}
    brand, suffix = (directory.table[name].combine_chunks() for name in (_BRAND, _SUFFIX))
    columns = {
        **texts, "proprietary_name": text_or_null(pc.binary_join_element_wise(brand, suffix, " ")),
        "marketing_start": directory.start, "marketing_end": directory.end, **directory.valid,
    }  # fmt: skip
    return directory.release(source, "ndc_product", columns, directory.aside)
