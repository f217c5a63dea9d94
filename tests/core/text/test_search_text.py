"""What search finds, however it is written."""

import pytest

from sekretarka.core.text.search_text import like_pattern, matches, needles, normalize, searchable

CLIENT = "Anna Kowalska-Żuk +48601000444 anna-k@x.pl"
SPACES = ["\u00a0", "\u202f", "\u2009", "\u2007", "\u3000", "  "]
DASHES = ["-", "‐", "‑", "‒", "–", "—", "―", "−", "－", "﹣"]
NUMBERS = [
    "601000444", "601 000 444", "0048601000444", "0048 601 000 444", "+48601000444", "+48 601 000 444",
    "48 601 000 444", "601.000.444", "601/000/444", "(601) 000 444", "(+48) 601 000 444", "+48 (0) 601 000 444",
    "+48 (0)601000444", "+48 0601 000 444", "0601 000 444", "tel. 601 000 444", "Tel.: 601-000-444", "tel:+48601000444",
    "telefon 601000444", "nr tel. 601000444", "kom.601000444", "℡ 601 000 444", "６０１０００４４４", "٦٠١٠٠٠٤٤٤",
    "601000444,", "„601 000 444”", "60-10-00-444", "444", "000 444", "0444", "0 444",
    *(f"601{space}000{space}444" for space in SPACES), *(f"601{dash}000{dash}444" for dash in DASHES),
    "601\u200b000\u00ad444", "\u202a+48 601 000 444\u202c", "t. 601 000 444", "Tel. kom.: 601 000 444",
    "WhatsApp 601000444", "☎ 601 000 444", "#601000444", "601·000·444", "601 000 444 wew. 5", "+48601000444 ext. 12",
    "sip:+48601000444@host;user=phone", "%2B48601000444", "0601 00",
]  # fmt: skip


@pytest.mark.parametrize("typed", NUMBERS)
def test_numbers_are_found_however_they_are_written(typed: str) -> None:
    assert matches(CLIENT, typed)
    assert matches(CLIENT, f"Kowalska {typed}")
    assert not matches(CLIENT, f"Nowak {typed}")
    assert not matches("Anna +48602111333", typed)


def test_a_number_is_found_while_it_is_typed() -> None:
    typed = "0048 601 000 444"
    assert all(matches(CLIENT, typed[:end]) for end in range(6, len(typed)))


@pytest.mark.parametrize("typed", ["601 000 445", "0049 601000444", "+44 601 000 444", "tel. 602 000 444", "4440"])
def test_other_numbers_are_not_found(typed: str) -> None:
    assert not matches(CLIENT, typed)


@pytest.mark.parametrize(
    "typed", ["+48 58 677 44 78", "058 677 44 78", "(58) 677-44-78", "(0-58) 677 44 78", "586774478"]
)
def test_numbers_in_a_transcript_are_found_however_they_were_said(typed: str) -> None:
    for said in ("Proszę oddzwonić na 58 677 44 78, dziękuję.", "numer (58) 677-44-78", "0048 58 6774478"):
        assert matches(said, typed), said


@pytest.mark.parametrize(
    "typed",
    ["Kowalska Anna", "ANNA zuk", "anna, kowalska", "żuk-kowalska", "Kowalska – Żuk", "x.pl anna", "anna-k@x",
     "kowalska;anna", "anna/kowalska", "Kowalska | Anna", "anna&kowalska", "anna – kowalska", "anna.kowalska",
     "ann kow", "Z\u030cuk anna", "\u200banna\u2060", "ｋｏｗａｌｓｋａ"],
)  # fmt: skip
def test_words_are_found_in_any_order_and_place(typed: str) -> None:
    assert matches(CLIENT, typed)


@pytest.mark.parametrize("typed", ["Anna Nowak", "%", "_", "anna%", "a_na", "\\", "annakowalska"])
def test_every_word_must_be_there_literally(typed: str) -> None:
    assert not matches(CLIENT, typed)


@pytest.mark.parametrize("stored", ["'", "’", "‘", "ʼ", "`", "´", "′", "＇", ""])
@pytest.mark.parametrize("typed", ["'", "’", "‘", "ʼ", "`", "´", "′", "＇", ""])
def test_a_name_is_found_with_any_apostrophe(stored: str, typed: str) -> None:
    assert matches(f"Sean O{stored}Brien", f"o{typed}brien")


def test_folding() -> None:
    assert normalize("ŁÓDŹ") == normalize("lo\u0301dz\u0301") == "lodz"
    assert normalize("ﬁołek ＡＢＣ ﷺ").split()[:2] == ["fiolek", "abc"]
    assert normalize(" Ko\u00adwalska\n \u2028Æ ẞ İ ①") == "kowalska ae ss i 1"


def test_times_and_dates_are_found_as_they_were_said() -> None:
    assert matches("Wizyta 23.11.2026 o 12.30", "12.30")
    assert matches("Wizyta 23.11.2026 o 12.30", "23.11.2026 wizyta")
    assert not matches("Wizyta o 12.30", "12.31")


def test_what_search_does_not_see_is_no_search() -> None:
    assert needles(" \u200b\u2800") == needles("'") == needles("’ ") == []
    assert needles(",") == [[","]]
    assert needles("anna Anna") == [["anna"]]


def test_like_takes_its_own_signs_literally() -> None:
    assert like_pattern("a%_\\") == "%a\\%\\_\\\\%"


def test_stored_text_has_numbers_in_one_piece() -> None:
    stored = searchable("Anna O’Brien, tel. 601 000 444, pokój 12")
    assert stored == "anna obrien, tel. 601 000 444, pokoj 12 601000444 48601000444"
    assert searchable("Anna +48601000444 a@x.pl") == "anna +48601000444 a@x.pl"
