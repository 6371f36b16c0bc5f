from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.dates import date_line, parse_date

DAY = date(2021, 12, 27)


@pytest.mark.parametrize(
    "written",
    ["2021-12-27", "2021-12-27T23:30:00Z", "2021-12-27 10:00:00+03:00", "2021/12/27", "20211227", "27.12.2021", "Dec. 27, 2021", "December 27, 2021",
     "27 December 2021", "27 Dec 2021 10:30", "27th of December 2021", "Monday, Dec. 27, 2021", "Mon, 27 Dec 2021 10:00:00 GMT", "27/12/2021",
     "12/27/2021", "1640563200", "1640563200000"],
)  # fmt: skip
def test_ways_to_write_a_day(written: str) -> None:
    assert parse_date(written) == DAY


@pytest.mark.parametrize(
    "written", ["", "soon", "2021-13-27", "30 February 2021", "03/04/2022", "December 2021", "Talks on Dec. 27, 2021 failed"]
)
def test_what_is_no_single_day_is_none(written: str) -> None:
    assert parse_date(written) is None


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["%Y-%m-%d", "%d %B %Y", "%b. %d, %Y", "%d.%m.%Y", "%Y%m%d"]))
def test_every_day_is_read_back(day: date, form: str) -> None:
    assert parse_date(day.strftime(form)) == day


def test_a_line_with_only_a_day() -> None:
    assert date_line("Published: 27 December 2021 10:30 GMT") == DAY
    assert date_line("Updated Dec. 27, 2021") == DAY
    assert date_line("Talks were held on 27 December 2021") is None
