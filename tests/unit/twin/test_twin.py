"""The twin as a room: data with sources, shipped code up to date, fits and forecasts that keep their promises."""

from __future__ import annotations

import numpy as np
import pytest

from hepatica import patient, staging, twin
from hepatica.errors import CannotAnswer, HepaticaError
from hepatica.therapy import Regimen
from hepatica.twin import Option
from hepatica.twin._body import table
from hepatica.twin.calibrate import data_hash

RECORD = {
    "id": "a",
    "sex": "male",
    "age": 56,
    "weight_kg": 78,
    "etiology": ["alcohol"],
    "ascites": "moderate",
    "encephalopathy_grade": 1,
    "conditions": ["cirrhosis", "ascites"],
    "observations": [
        {"analyte": "bilirubin", "value": 58, "unit": "umol/L", "time": "2026-10-01"},
        {"analyte": "albumin", "value": 28, "unit": "g/L", "time": "2026-10-01"},
        {"analyte": "inr", "value": 1.6, "unit": "1", "time": "2026-10-01"},
        {"analyte": "creatinine", "value": 95, "unit": "umol/L", "time": "2026-10-01"},
        {"analyte": "sodium", "value": 133, "unit": "mmol/L", "time": "2026-10-01"},
        {"analyte": "platelets", "value": 90, "unit": "10*9/L", "time": "2026-10-01"},
    ],
}
DAYS = [30, 90, 365]


@pytest.fixture(scope="module")
def fitted():
    p = patient.parse_short(RECORD)
    return twin.fit(p, staging.stage(p), draws=400)


def test_every_row_names_a_known_source():
    for name in (
        "states",
        "parameters",
        "population",
        "course",
        "actions",
        "targets",
        "pools",
        "delivery",
        "kinds",
        "causes",
        "between",
    ):
        assert table(name)


def test_shipped_code_is_what_the_equations_give(tmp_path):
    from importlib import resources

    from hepatica.engine import write_generated

    for path in write_generated(twin.build(), tmp_path):
        shipped = resources.files("hepatica.twin") / "generated" / path.name
        assert shipped.read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), (
            "run hepatica.twin._build.regenerate()"
        )


def test_the_posterior_belongs_to_the_data():
    assert twin.posterior()["data"] == data_hash(), "run python -m hepatica.twin.calibrate"


def test_the_fit_shows_the_labs_of_the_record(fitted):
    assert fitted.status == "fitted" and fitted.ess >= 400
    assert all(row["inside"] for row in fitted.check)
    forecast = twin.forecast(fitted, [], [0])["standard_care"]
    first = {k: v[0] for k, v in forecast.variables.items()}
    assert first["bilirubin_umol_l"]["p50"] == pytest.approx(58, rel=0.08)
    assert first["inr"]["p50"] == pytest.approx(1.6, rel=0.05)
    assert first["albumin_g_l"]["p50"] == pytest.approx(28, rel=0.05)
    assert first["creatinine_umol_l"]["p50"] == pytest.approx(95, rel=0.05)


def test_zero_dose_is_standard_care_to_the_last_bit(fitted):
    nothing = Option("nothing", Regimen("uc_msc", "peripheral_vein", 0.0, (0.0, 28.0)))
    f = twin.forecast(fitted, [nothing], DAYS)
    for name, draws in f["standard_care"].draws.items():
        assert np.array_equal(draws, f["nothing"].draws[name]), name


def test_the_same_seed_gives_the_same_numbers_and_options_share_their_patients(fitted):
    cells = Option("cells", Regimen("uc_msc", "peripheral_vein", 1e8))
    one, two = (twin.forecast(fitted, [cells], DAYS) for _ in range(2))
    assert one["cells"].variables == two["cells"].variables
    assert one["cells"].difference["meld"][0]["mean"] == 0
    spread = np.std(one["cells"].draws["meld"][2] - one["standard_care"].draws["meld"][2])
    assert spread < 2 * np.std(one["standard_care"].draws["meld"][2])


def test_points_are_ordered_and_survival_falls(fitted):
    f = twin.forecast(fitted, [], DAYS)["standard_care"]
    for rows in (*f.variables.values(), f.survival, f.transplant_free_survival, f.decompensation):
        for row in rows:
            assert row["p05"] <= row["p25"] <= row["p50"] <= row["p75"] <= row["p95"]
    alive = [row["mean"] for row in f.survival]
    assert alive[0] == 1 and alive == sorted(alive, reverse=True) and alive[-1] < 0.99


def test_events_by_kind_rise_and_the_first_ones_add_up(fitted):
    f = twin.forecast(fitted, [Option("abstinence", actions=("abstinence",))], DAYS)
    care = f["standard_care"]
    assert set(care.events) == {"ascites", "bleeding", "encephalopathy", "infection", "aclf", "hcc"}
    for rows in care.events.values():
        chances = [row["mean"] for row in rows]
        assert chances[0] == 0 and chances == sorted(chances) and 0 < chances[-1] < 1
    first = sum(care.events[k][-1]["mean"] for k in ("ascites", "bleeding", "encephalopathy"))
    assert first == pytest.approx(care.decompensation[-1]["mean"], abs=1e-3)
    assert f["abstinence"].events["hcc"][-1]["mean"] < care.events["hcc"][-1]["mean"]
    assert 4 < care.stores["glucose_mmol_l"][0]["p50"] < 6 and care.stores["glycogen_g"][0]["p50"] > 5


def test_a_removed_cause_lowers_the_pressure(fitted):
    f = twin.forecast(fitted, [Option("abstinence", actions=("abstinence",))], [365, 730])
    assert f["abstinence"].difference["hvpg_mmhg"][-1]["mean"] < -0.2


def test_cells_and_actions_the_twin_does_not_know_are_named(fitted):
    with pytest.raises(CannotAnswer, match="no product 'elixir'"):
        twin.forecast(fitted, [Option("x", Regimen("elixir", "peripheral_vein", 1e8))], DAYS)
    with pytest.raises(CannotAnswer, match="no route 'moon'"):
        twin.forecast(fitted, [Option("x", Regimen("uc_msc", "moon", 1e8))], DAYS)
    with pytest.raises(CannotAnswer, match="no effect for 'prayer'"):
        twin.forecast(fitted, [Option("x", actions=("prayer",))], DAYS)


def test_earlier_dates_move_the_forecast():
    falling = dict(RECORD, observations=[*RECORD["observations"], *_earlier(180, 2.6)])
    steady = dict(RECORD, observations=[*RECORD["observations"], *_earlier(58, 1.6)])
    last = []
    for record in (falling, steady):
        p = patient.parse_short(record)
        fit = twin.fit(p, staging.stage(p), draws=400)
        assert any("earlier dates" in note for note in fit.notes)
        assert fit.status in ("fitted", "tempered", "not fitted")
        assert fit.status == "not fitted" or fit.ess >= 400
        last.append(fit)
    assert last[0].virtual.initial["acute_insult"].mean() != last[1].virtual.initial["acute_insult"].mean()


def _earlier(bilirubin, inr):
    return [
        {"analyte": "bilirubin", "value": bilirubin, "unit": "umol/L", "time": "2026-08-15"},
        {"analyte": "inr", "value": inr, "unit": "1", "time": "2026-08-15"},
    ]


def test_every_forecast_variable_has_a_lineage_to_known_sources():
    for name in (*twin.VARIABLES, "survival", "transplant_free_survival", "decompensation"):
        if name in ("macrophages_inflammatory",):
            continue
        chain = twin.lineage(name)
        assert len(chain) >= 2
        assert all(step["source"] in twin.sources() and step["grade"] in "ABC" for step in chain)
    with pytest.raises(KeyError):
        twin.lineage("happiness")


def test_a_record_without_labs_is_the_population_and_says_so():
    p = patient.parse_short({"id": "empty", "age": 50, "conditions": ["cirrhosis"]})
    fit = twin.fit(p, staging.stage(p), draws=200)
    assert any("no laboratory value" in note for note in fit.notes)


def test_what_the_record_does_not_say_is_named_and_unknown_ascites_is_drawn():
    silent = {k: v for k, v in RECORD.items() if k not in ("age", "weight_kg", "ascites", "encephalopathy_grade")}
    p = patient.parse_short(dict(silent, conditions=["cirrhosis", "variceal_bleeding"]))
    fit = twin.fit(p, staging.stage(p), draws=400)
    for word in ("age", "weight", "ascites", "encephalopathy"):
        assert any(note.startswith(f"{word} is not in the record") for note in fit.notes), word
    assert 0.5 < (fit.virtual.initial["ascites_l"] > 0).mean() < 0.8


def test_rows_without_a_source_do_not_load(monkeypatch, tmp_path):
    from hepatica.twin import _body

    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "sources.toml").write_text('[known]\ncitation = "x"\n')
    (folder / "parameters.toml").write_text("[k]\nvalue = 1.0\n")
    monkeypatch.setattr(_body.resources, "files", lambda _: tmp_path)
    _body.table.cache_clear()
    try:
        with pytest.raises(HepaticaError, match="k has no known source"):
            _body.table("parameters")
    finally:
        _body.table.cache_clear()
