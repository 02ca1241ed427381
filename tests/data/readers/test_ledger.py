"""The ledger notes what came of each file, and stops at the first fault unless told to go on."""

import warnings

import pytest

from drp.data.errors import DataError, DataWarning
from drp.data.readers.ledger import Ledger


def read_well(path, factor):
    warnings.warn(f"{path}: half of it", DataWarning, stacklevel=1)
    return 7 * factor, {"rows": 3}


def read_badly(path):
    raise DataError(f"{path}: expected more")


def test_a_record_and_its_warnings_are_noted_and_shown():
    ledger = Ledger()
    with pytest.warns(DataWarning, match="a: half of it"):
        assert ledger.read("response", "a", read_well, 2) == 14
    (entry,) = ledger.entries
    assert (entry.role, entry.path, entry.error) == ("response", "a", "")
    assert entry.warnings == ["a: half of it"]
    assert ledger.as_dict() == {"response": {"a": {"rows": 3}}}
    assert ledger.find("response", "a") is entry
    ledger.reject_errors()


def test_the_first_fault_ends_the_reading():
    with pytest.raises(DataError, match="b: expected more"):
        Ledger().read("response", "b", read_badly)


def test_a_check_goes_on_and_tells_at_the_end():
    ledger = Ledger(keep_going=True)
    assert ledger.read("response", "b", read_badly) is None
    with pytest.warns(DataWarning):
        ledger.read("drugs", "a", read_well, 1)
    assert ledger.entries[0].error == "b: expected more"
    with pytest.raises(DataError, match="1 of 2 files cannot be used: --response"):
        ledger.reject_errors()


def test_a_step_that_fails_for_several_files_is_put_off_too():
    ledger = Ledger(keep_going=True)
    assert ledger.put_off(read_badly, "a and b") is None
    assert ledger.put_off(len, "ab") == 2
    with pytest.raises(DataError, match="a and b: expected more"):
        ledger.reject_errors()
    with pytest.raises(DataError, match="a and b: expected more"):
        Ledger().put_off(read_badly, "a and b")


def test_a_fault_of_ours_is_never_noted_as_the_files():
    with pytest.raises(ZeroDivisionError):
        Ledger(keep_going=True).read("drugs", "a", lambda path: 1 / 0)


def test_a_failure_that_is_put_off_does_not_stop_the_next_step():
    ledger = Ledger(keep_going=True)

    def fail(text):
        ledger.reject_errors()  # as every step does before it joins its files
        raise DataError(text)

    for text in ("no line", "no tumour"):
        assert ledger.put_off(fail, text) is None
    with pytest.raises(DataError, match=r"^no line; no tumour$"):
        ledger.reject_errors()
