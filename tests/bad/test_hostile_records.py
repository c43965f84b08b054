"""Records made to do harm: too deep, too long, or written so that a pattern would search for minutes."""

from __future__ import annotations

import os
import signal
from datetime import date
from pathlib import Path

import orjson
import pytest

from hepatica.cli import main
from hepatica.errors import HepaticaError, InputError
from hepatica.patient import ReadFailure, bulk, parse, parse_codes, parse_short, read, read_many

TODAY = date(2026, 11, 1)
N = 100_000
DEEP = "[" * 1000 + "]" * 1000
LONG = {
    "digits": "1" * N, "points": "1." * N, "spaces": " " * N, "spaces in the middle": "1" + " " * N + "x\n",
    "brackets": "(" * N, "square brackets": "[ " * N, "underscores": "_" * N, "powers": "10^" * N, "stars": "10*" * N,
    "braces": "{a}" * N, "words": "cirrhosis " * (N // 10), "negations": "no " * N, "ranges": "1 - 1" * N,
    "signs": "<" * N, "not negated": "no cirrhosis " * (N // 10),
}  # fmt: skip
SECONDS = 5


@pytest.fixture
def in_time():
    """Fail where a test takes more than some seconds, in place of waiting for a pattern to end."""

    def stop(*_: object) -> None:
        raise AssertionError(f"not done within {SECONDS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def fhir(*resources: str) -> bytes:
    rows = ",".join(f'{{"resource":{r}}}' for r in ('{"resourceType":"Patient","id":"a"}', *resources))
    return f'{{"resourceType":"Bundle","type":"collection","entry":[{rows}]}}'.encode()


def observation(value: str, code: str = '{"coding":[{"system":"http://loinc.org","code":"1975-2"}]}') -> str:
    return f'{{"resourceType":"Observation","status":"final","code":{code},{value}}}'


def ends_well(data: bytes, name: str) -> None:
    """Assert that a record is read or refused, and that nothing it says is longer than can be read."""
    try:
        p = parse(data, name=name, today=TODAY)
    except InputError as error:
        assert max(map(len, error.lines())) <= 1000
    else:
        assert max((len(x) for s in p.set_aside for x in (s.what, s.where, s.why)), default=0) <= 2000


@pytest.mark.usefixtures("in_time")
@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_long_text_anywhere_is_no_work(text):
    q = orjson.dumps(text).decode()
    ends_well(
        fhir(
            observation(f'"valueString":{q}'),
            observation(f'"valueString":{q}', '{"text":"ascites"}'),
            observation(f'"valueString":{q}', '{"text":"alcohol use"}'),
            observation(f'"valueQuantity":{{"value":3,"unit":{q},"code":{q}}},"effectiveDateTime":{q}'),
            observation(f'"valueQuantity":{{"value":3,"unit":"mg/dL"}},"referenceRange":[{{"text":{q}}}]'),
            observation('"valueInteger":3', f'{{"text":{q}}}'),
            f'{{"resourceType":"Condition","code":{{"text":{q}}}}}',
            f'{{"resourceType":"Procedure","status":"completed","code":{{"text":{q}}}}}',
        ),
        "a.json",
    )
    cell = text.replace("\n", " ")
    ends_well(f"id,bilirubin,{cell}\na,3,3\n".encode(), "a.csv")
    ends_well(f"id,analyte,value,unit,time\na,{cell},{cell},{cell},{cell}\n".encode(), "a.csv")


@pytest.mark.parametrize("key", ["sex", "age", "birth_date", "ascites", "conditions", "treatments", "etiology", "x"])
def test_a_deep_value_is_set_aside_alone(key):
    rows = f'[{{"analyte":"inr","value":1.4}},{{"analyte":"inr","value":{DEEP}}}]'
    data = f'{{"id":"a","observations":{rows},"{key}":{DEEP}}}'
    p = parse(data.encode(), name="a.json", today=TODAY)
    assert [o.value for o in p.observations] == [1.4]
    assert len(p.set_aside) >= 1 and all(len(s.what) < 200 for s in p.set_aside)


def test_a_deep_fhir_value_is_set_aside_alone():
    deep = "[" * 900 + "]" * 900
    rows = [
        f'"valueInteger":{deep}', f'"valueInteger":3,"effectiveDateTime":{deep}', f'"valueString":"3","id":{deep}',
        f'"valueQuantity":{{"value":{deep},"unit":{deep}}}', '"valueQuantity":{"value":3,"unit":"mg/dL"}',
    ]  # fmt: skip
    p = parse(fhir(*map(observation, rows)), name="a.json", today=TODAY)
    assert 51.3 in [round(o.value, 1) for o in p.observations]


@pytest.mark.parametrize("text", ["id = 'a'\nx = " + "[" * 5000 + "]" * 5000, "id = 'a'\nage = " + "9" * 5000])
def test_toml_that_its_reader_cannot_take_is_refused(text):
    with pytest.raises(InputError):
        parse(text.encode(), name="a.toml", today=TODAY)


def test_a_number_beyond_floats_is_set_aside():
    p = parse_short({"id": "a", "age": 10**400, "conditions": ["cirrhosis"], "observations": [
        {"analyte": "inr", "value": 10**400}, {"analyte": "inr", "value": float("inf")}]}, today=TODAY)  # fmt: skip
    assert p.observations == () and len(p.set_aside) == 3


def test_unknown_analytes_without_end_are_no_work(in_time):
    rows = [{"analyte": f"zz{i}", "value": 1} for i in range(20_000)]
    p = parse_short({"id": "a", "conditions": ["cirrhosis"], "observations": rows}, today=TODAY)
    assert len(p.set_aside) == 20_000


def test_what_has_no_end_is_refused(tmp_path):
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    if os.fork() == 0:
        try:
            with pipe.open("wb") as file:
                file.write(b" " * 2000)
        finally:
            os._exit(0)
    with pytest.raises(InputError, match="more than"):
        read(pipe, max_bytes=1000)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    (tmp_path / "Patient.ndjson").write_bytes(
        b'{"resourceType":"Patient","id":"a"}\n{"resourceType":"Patient","id":"b"}\n'
    )
    return tmp_path


def exported(folder: Path, lines: list[bytes]) -> tuple[list[str], list[str]]:
    (folder / "Observation.ndjson").write_bytes(b"\n".join(lines) + b"\n")
    found = list(read_many(folder, today=TODAY))
    failed = [f.error.what for f in found if isinstance(f, ReadFailure)]
    return [p.id for p in found if not isinstance(p, ReadFailure) and p.observations], failed


def line(person: str, more: str = "") -> bytes:
    text = observation(
        f'"valueQuantity":{{"value":3,"unit":"mg/dL"}},"subject":{{"reference":"Patient/{person}"}}{more}'
    )
    return text.encode()


def test_a_line_of_an_export_that_never_ends_is_named(export, monkeypatch):
    monkeypatch.setattr(bulk, "LINE_BYTES", 1000)
    read_of, failed = exported(export, [line("a", ',"x":"' + "y" * 5000 + '"'), line("b")])
    assert read_of == ["b"]
    assert failed == ["1 lines are not FHIR resources, or are cut off"]


def test_a_person_of_an_export_who_fills_the_memory_is_named(export, monkeypatch):
    monkeypatch.setattr(bulk, "PERSON_BYTES", 1000)
    read_of, failed = exported(export, [line("a")] * 30 + [line("b")])
    assert read_of == ["b"]
    assert len(failed) == 1 and failed[0].endswith("MB are said of one person: a")


def test_a_bundle_too_deep_within_an_export_is_named(export):
    deep = '{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Observation","x":%s}}]}' % (
        "[" * 900 + "]" * 900
    )
    read_of, failed = exported(export, [deep.encode(), line("a"), b'{"resourceType":"Bundle","entry":3}'])
    assert read_of == ["a"]
    assert failed == ["1 lines are not FHIR resources, or are cut off"]


def test_errors_say_no_more_than_can_be_read():
    assert max(map(len, HepaticaError("x" * N, where="y" * N, mend="z" * N).lines())) <= 1000


@pytest.mark.parametrize("text", ["x = " + "[" * 5000 + "]" * 5000, "x = " + "9" * 5000], ids=["deep", "digits"])
@pytest.mark.parametrize("option", ["--product", "--prices"])
def test_a_file_of_ones_own_that_its_reader_cannot_take_is_refused(tmp_path, capsys, option, text):
    path = tmp_path / "own.toml"
    path.write_text(text)
    record = Path(__file__).parents[2] / "examples" / "chronic_hepatitis_b.json"
    assert main(["plan", str(record), option, str(path), "--json"]) == 2
    assert "not TOML" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["kind,code," + "n" * 200_000, 'kind,code,name\nunit,"x', "kind,code,name\nunit,x," + "n" * N]
)
def test_codes_that_are_no_table_are_refused(text):
    with pytest.raises(InputError) as caught:
        parse_codes(text, name="codes.csv")
    assert max(map(len, caught.value.lines())) <= 1000
