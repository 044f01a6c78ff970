"""Plain tables read by a layout: what they become, and what is wrong with a layout that can't be used."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cleanclaim.errors import KnowsLess, UnreadableInput
from cleanclaim.reference.importing import import_file
from cleanclaim.reference.library import Library
from cleanclaim.reference.publications import recognize
from cleanclaim.reference.publications.layout_importer import LayoutImporter, shipped_layouts
from cleanclaim.reference.publications.parsed import Parsed
from cleanclaim.reference.publications.source import Source
from cleanclaim.values import OPEN_END, Interval

LAYOUT = """\
publication: places
title: places of my own
header: [code, kind, name, since]
release:
  file_name: '(?P<year>20[0-9]{2})-(?P<month>[0-9]{2})'
tables:
  - table: place_of_service
    where: {kind: [F, N]}
    columns:
      place_of_service: code
      name: name
      facility: {column: kind, values: {F: 'true', N: 'false'}}
      valid_from: {column: since, date: MM/DD/YYYY}
    continued: name
    complete: true
"""
ROWS = "code,kind,name,since\n11,N,Office,01/31/2020\n22,F,Hospital\u2019s outpatient,05/15/2024\n23,X,None,\n"


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    path = tmp_path / "places.yaml"
    path.write_text(LAYOUT, "utf-8")
    return path


def parse(path: Path, layout: Path | None = None, **said: object) -> Parsed:
    source = Source.read(path, **said)  # type: ignore[arg-type]
    parsed = (LayoutImporter.read(layout) if layout else recognize(source)).parse(source)
    assert parsed.read == parsed.kept + len(parsed.set_aside)
    assert parsed.thin
    return parsed


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_a_layout_of_ones_own(tmp_path: Path, layout: Path) -> None:
    path = write(tmp_path / "places 2024-04.csv", ROWS)
    parsed = parse(path, layout)
    assert (parsed.release, parsed.effective) == ("2024-Q2", Interval(date(2024, 4, 1), date(2024, 6, 30)))
    assert parsed.tables["place_of_service"].to_pylist() == [
        {"place_of_service": "11", "name": "Office", "facility": False, "valid_from": date(2024, 4, 1), "valid_to": date(2024, 6, 30)},
        {"place_of_service": "22", "name": "Hospital\u2019s outpatient", "facility": True, "valid_from": date(2024, 5, 15), "valid_to": date(2024, 6, 30)},
    ]  # fmt: skip
    assert [(one.reason, one.key) for one in parsed.set_aside] == [("rows of no table: kind is 'X'", "23")]
    assert [one.key for one in parsed.coverage] == [None]
    assert [one.key for one in parse(path, layout, partial=True).coverage] == ["11", "22"]
    report = import_file(tmp_path / "library", path, layout=layout)
    assert report.manifest.label == "places 2024-Q2 r1"


def test_a_list_that_lacks_keys_goes_before_the_starter_set_for_those_in_it_alone(tmp_path: Path, layout: Path) -> None:
    layout.write_text(LAYOUT.replace("complete: true", "complete: false"), "utf-8")
    path = write(tmp_path / "places 2024-04.csv", ROWS)
    assert [one.key for one in parse(path, layout).coverage] == ["11", "22"]
    import_file(tmp_path / "library", path, layout=layout)
    rows = Library.open(tmp_path / "library").table("place_of_service").to_pylist()
    on = {
        row["place_of_service"]: row["release"]
        for row in rows
        if row["valid_from"] <= date(2024, 6, 1) <= row["valid_to"]
    }
    assert (on["11"], on["22"]) == ("places 2024-Q2 r1", "places 2024-Q2 r1")
    assert on["24"].startswith("starter: ")
    assert sum(row["place_of_service"] == "11" and row["valid_from"] == date(2024, 4, 1) for row in rows) == 1


def test_rows_that_can_not_be_read_are_set_aside_with_the_reason(tmp_path: Path, layout: Path) -> None:
    rows = "code,kind,name,since\n11,N,Office,2020-01-31\n,N,Nowhere,\n12,N,Later,09/01/2024\n13,N,Home,\n13,,and more,\n14,Q,x,\n"
    parsed = parse(write(tmp_path / "2024-06.csv", rows), layout)
    assert (parsed.release, [row["name"] for row in parsed.tables["place_of_service"].to_pylist()]) == (
        "2024-06-01",
        ["Home and more"],
    )
    assert [(one.row, one.reason) for one in parsed.set_aside] == [
        (2, "valid_from is no day as the layout writes it"),
        (3, "place_of_service is empty"),
        (4, "starts after the days of the release"),
        (6, "continuation, joined to the row before"),
        (7, "rows of no table: kind is 'Q'"),
    ]


def test_what_the_file_does_not_say_is_asked_for(tmp_path: Path, layout: Path) -> None:
    path = write(tmp_path / "places.csv", ROWS)
    with pytest.raises(UnreadableInput, match="say it with --release"):
        parse(path, layout)
    assert parse(path, layout, release="2024-Q3").release == "2024-Q3"
    assert parse(path, layout, release="2024-06-18").effective == Interval(date(2024, 6, 18), date(2024, 6, 30))
    with pytest.raises(UnreadableInput, match="neither a quarter nor a day"):
        parse(path, layout, release="summer")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"code,kind,name\n11,N,Office\n", "expected code, kind, name, since, found code, kind, name"),
        (b"", "found nothing"),
        (b"code,kind,name,since\n11,N,Office,\n22,F,Hospital\x92s,\n", r":3: byte 0x92 is no UTF-8 text"),
        (b"code,kind,name,since\n11,N,Office,\n22,F", "cut off"),
    ],
)
def test_files_that_do_not_fit_are_refused(tmp_path: Path, layout: Path, content: bytes, words: str) -> None:
    (tmp_path / "2024-04.csv").write_bytes(content)
    with pytest.raises(UnreadableInput, match=words):
        parse(tmp_path / "2024-04.csv", layout)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("title: places of my own\n", "", r"places\.yaml:1: layout: .*`title`"),
        ("complete: true", "complete: perhaps", r"places\.yaml:15: tables\[0\]\.complete: Expected `bool`"),
        ("    where:", "    when:", r"places\.yaml:7: tables\[0\]: .*unknown field `when`"),
        ("table: place_of_service", "table: places", r"places\.yaml:7: tables\[0\]\.table: no reference table is named 'places'"),
        ("      name: name", "      names: name", r"places\.yaml:9: tables\[0\]\.columns: no column 'names'; there are place_of_service, name"),
        ("      name: name", "      name: title", r"places\.yaml:11: tables\[0\]\.columns\.name: no column 'title' in the header"),
        ("      place_of_service: code\n", "", r"places\.yaml:9: .*the key of place_of_service is missing"),
        ("date: MM/DD/YYYY", "date: DD.MM.YY", r"places\.yaml:13: .*a date is one of YYYY-MM-DD"),
        ("column: kind, values", "column: kind, constant: x, values", r"places\.yaml:12: .*expected one of `column`, `constant`, `file_name`"),
        ("(?P<year>", "(?P<year", r"places\.yaml:5: release\.file_name: no regular expression"),
        ("(?P<year>", "(?P<week>", r"places\.yaml:5: release\.file_name: the groups must be `year`"),
        ("continued: name", "continued: facilities", r"places\.yaml:14: .*no column 'facilities'"),
        ("header: [code", "header: [code, {a", r"places\.yaml:\d+: no YAML"),
        ("title:", "publication: other\ntitle:", r"places\.yaml:2: no YAML .*the key `publication` stands twice"),
        ("title:", "series: &name x\ntitle:", r"places\.yaml:2: no YAML .*anchors and aliases are not read"),
        ("title:", "encoding: latin-9\ntitle:", r"places\.yaml:2: encoding: expected utf-8 or cp1252"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_layout_is_told_with_its_line(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in LAYOUT
    path = write(tmp_path / "places.yaml", LAYOUT.replace(old, new, 1))
    with pytest.raises(UnreadableInput, match=words):
        LayoutImporter.read(path)


def test_shipped_layouts_have_a_header_each() -> None:
    headers = [tuple(one.layout.header) for one in shipped_layouts()]
    assert len(headers) == 8
    assert len(set(headers)) == len(headers)


def test_mue_of_two_services_are_two_series(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = "hcpcs_code,mue_units,mue_mai,mue_rationale,mue_service\n"
    filler = "".join(f"A{number:04},1,3,Clinical: Data,SERVICE\n" for number in range(1000))
    for name, service, value in (("Practitioner", "Practitioner", 400), ("DME", "DME Supplier", 0)):
        text = header + f"J9271,{value},3,Clinical: Data,{service}\n" + filler.replace("SERVICE", service)
        import_file(tmp_path / "library", write(tmp_path / f"MUE_{name}_Eff_07-01-2024.csv", text))
    library = Library.open(tmp_path / "library")
    assert [one.label for one in library.releases] == ["mue 2024-Q3 dme r1", "mue 2024-Q3 practitioner r1"]
    rows = [
        row
        for row in library.table("mue").to_pylist()
        if row["hcpcs_code"] == "J9271" and row["valid_from"] >= date(2024, 7, 1)
    ]
    told = {row["service_type"]: row["mue_value"] for row in rows if str(row["release"]).startswith("mue")}
    assert told == {"practitioner": Decimal(400), "dme": Decimal(0)}
    assert {one.part for one, release in library.coverage if one.table == "mue" and one.key is None} == {
        "practitioner",
        "dme",
    }


def test_pairs_that_ended_before_are_set_aside_and_nothing_is_complete(tmp_path: Path) -> None:
    header = "column1,column2,deletion_date,modifier_indicator,ptp_edit_rationale\n"
    rows = "J9271,96372,9999-12-31,1,Standards\nJ9271,96372,2019-12-31,0,Standards\nJ9271,96413,2024-08-15,0,Misuse\n"
    filler = "".join(f"J{number:04},96365,9999-12-31,1,x\n" for number in range(1000))
    parsed = parse(write(tmp_path / "PTP_practitioner_2024Q3_x.csv", header + rows + filler))
    assert parsed.coverage == ()
    assert [(one.reason, one.key) for one in parsed.set_aside] == [("ended before the days of the release", "J9271")]
    told = [row for row in parsed.tables["ptp"].to_pylist() if row["ptp_column_one"] == "J9271"]
    assert [(row["span_from"], row["span_to"], row["valid_to"], row["service_type"]) for row in told] == [
        (None, OPEN_END, date(2024, 9, 30), "practitioner"),
        (None, date(2024, 8, 15), date(2024, 8, 15), "practitioner"),
    ]
    with pytest.raises(UnreadableInput, match="the name of the file does not tell the service_type"):
        parse(write(tmp_path / "pairs_2024Q3_x.csv", header + rows + filler))


def test_wording_of_reason_codes_stays_out(tmp_path: Path) -> None:
    header = "adj_code,adj_type,adj_description,adj_usage,adj_notes,adj_start_date,adj_last_modified,adj_end_date\n"
    rows = "".join(f"{number},CARC,Somebody's wording,,,1995-01-01,,\n" for number in range(1, 1000))
    rows += "M1,RARC,X-ray not taken,,,1997-01-01,,2018-05-01\nCO,Group,Contractual,,,,,\n"
    parsed = parse(write(tmp_path / "codes 2024-06.csv", header + rows))
    assert {row["wording"] for row in parsed.tables["adjustment_reason"].to_pylist()} == {None}
    assert parsed.tables["remark"].to_pylist()[0]["descriptor"] == "X-ray not taken"
    assert parsed.tables["remark"].to_pylist()[0]["span_to"] == date(2018, 5, 1)
    assert len(parsed.set_aside) == 1


def test_a_list_at_second_hand_never_replaces_the_official_file(tmp_path: Path, library: Path) -> None:
    hcpcs = next(one.layout for one in shipped_layouts() if one.layout.hcpcs_records)
    row = dict.fromkeys(hcpcs.header, "") | {
        "hcpcs_code": "J9271",
        "long_description": "Injection, pembrolizumab, 1 mg",
        "price": "51:52",
        "date_added": "2016-01-01",
        "date_action": "2025-10-01",
        "action": "N",
        "tos": "1:P",
    }
    path = write(
        tmp_path / "HCPC2025_OCT_x.csv",
        ",".join(hcpcs.header) + "\n" + ",".join(f'"{row[name]}"' for name in hcpcs.header) + "\n",
    )
    parsed = parse(path, partial=True)
    found = parsed.tables["hcpcs"].to_pylist()[0]
    assert (found["pricing_indicator"], found["span_from"], found["amount"], found["unit"]) == (
        "51",
        date(2016, 1, 1),
        1,
        "mg",
    )
    with pytest.raises(KnowsLess, match="hcpcs 2025-Q4 r1"):
        import_file(library, path, partial=True)


def test_the_layout_of_the_guide_is_one(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "add-a-release.md").read_text("utf-8")
    layout = LayoutImporter.read(write(tmp_path / "guide.yaml", guide.split("```yaml\n")[1].split("```")[0]))
    shipped = next(one for one in shipped_layouts() if one.PUBLICATION == "place_of_service")
    assert (layout.layout.header, layout.layout.tables) == (shipped.layout.header, shipped.layout.tables)
